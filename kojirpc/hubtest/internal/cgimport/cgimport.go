// Package cgimport reads a content generator's metadata of a build, and compares the
// build's files with them.
//
// Source: CG_Importer in kojihub/kojihub.py.
package cgimport

import (
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/workfolder"
)

// Files returns an uploaded file by name, and whether it exists.
type Files func(name string) ([]byte, bool)

// Metadata is a content generator's description of a build.
type Metadata struct {
	Version    *int64         `json:"metadata_version"`
	Build      map[string]any `json:"build"`
	Buildroots []struct {
		ID int64 `json:"id"`
		CG struct {
			Name string `json:"name"`
		} `json:"content_generator"`
	} `json:"buildroots"`
	Output []Output `json:"output"`
}

// Output is a file of the build.
type Output struct {
	Buildroot    int64  `json:"buildroot_id"`
	Name         string `json:"filename"`
	RelPath      string `json:"relpath"`
	Size         int64  `json:"filesize"`
	Checksum     string `json:"checksum"`
	ChecksumType string `json:"checksum_type"`
	Type         string `json:"type"`
	MetadataOnly bool   `json:"metadata_only"`
}

// Read reads the metadata from the argument of CGImport, or from the file that it names.
func Read(v any, files Files) (*Metadata, error) {
	text := "metadata.json"
	switch v := v.(type) {
	case map[string]any:
		doc, err := json.Marshal(v)
		if err != nil {
			return nil, python.GenericError("Invalid metadata, cannot encode: %s", python.Repr(v))
		}
		text = string(doc)
	case string:
		text = v
	}
	if strings.HasSuffix(text, ".json") {
		content, ok := files(text)
		if !ok {
			return nil, python.GenericError("No such file: %s", text)
		}
		text = string(content)
	}
	m := &Metadata{}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return nil, python.GenericError("Invalid json data for metadata: %s", python.Quote(text))
	}
	switch {
	case m.Version == nil:
		return nil, python.KeyError("metadata_version")
	case *m.Version != 0:
		return nil, python.GenericError("No such metadata version: %d", *m.Version)
	case m.Buildroots == nil:
		return nil, python.KeyError("buildroots")
	case m.Build == nil:
		return nil, python.KeyError("build")
	case m.Output == nil:
		return nil, python.KeyError("output")
	}
	return m, nil
}

// CheckOutput compares the files uploaded to dir with the metadata.
func (m *Metadata) CheckOutput(dir string, files Files) error {
	var used []int64
	for i := range m.Output {
		o := &m.Output[i]
		used = append(used, o.Buildroot)
		at := path.Join(o.RelPath, o.Name)
		content, ok := files(at)
		if !ok {
			return python.BuiltinError("FileNotFoundError", "[Errno 2] No such file or directory: '/mnt/koji/work/%s'", path.Join(dir, at))
		}
		if int64(len(content)) != o.Size {
			return python.GenericError("File size %d for %s (expected %d) doesn't match. Corrupted upload?", len(content), o.Name, o.Size)
		}
		sum, err := workfolder.Verifier(o.ChecksumType)
		if err != nil {
			return err
		}
		if sum == nil {
			return python.BuiltinError("TypeError", "'NoneType' object is not callable")
		}
		sum.Write(content)
		if got := hex.EncodeToString(sum.Sum(nil)); got != o.Checksum {
			return python.GenericError("File checksum mismatch for %s: %s != %s", o.Name, o.Checksum, got)
		}
	}
	for i := range m.Buildroots {
		if id := m.Buildroots[i].ID; !slices.Contains(used, id) {
			return python.GenericError("Buildroot id not used in output: %d", id)
		}
	}
	return nil
}

// Time converts a time in the metadata, in seconds since 1970.
func Time(v any) time.Time {
	seconds, ok := v.(float64)
	if !ok {
		n, _ := python.Number(v)
		seconds = float64(n)
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC()
}
