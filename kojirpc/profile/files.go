package profile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Limits of what is read. Koji has none; usual files have a few hundred bytes.
const (
	maxFileBytes  = 1 << 20
	maxTotalBytes = 16 << 20
	maxFiles      = 1_000
	maxDirEntries = 2_000
	maxSections   = 1_000
)

// place is a file or directory to read profiles from.
type place struct {
	path string
	must bool // named by the user: it must exist and be readable
}

// places returns the places in the order of reading.
func places(o Options, h home) []place {
	root := o.Root
	if root == "" {
		root = "/"
	}
	system := []place{
		{path: filepath.Join(root, "etc/koji.conf.d")},
		{path: filepath.Join(root, "etc/koji.conf")},
	}
	if o.Config != "" {
		return append(system, place{path: h.expand(o.Config), must: true})
	}
	return append(system,
		place{path: h.expand("~/.koji/config.d")},
		place{path: h.expand("~/.koji/config")})
}

// files returns the files of a place: the file itself, or the sorted *.conf files of a
// directory.
func (p place) files() ([]string, error) {
	info, err := os.Stat(p.path)
	switch {
	case err == nil && info.IsDir():
		return p.directory()
	case err == nil && info.Mode().IsRegular():
		return []string{p.path}, nil
	case p.must:
		return nil, &Error{
			At:      Position{File: p.path},
			Problem: "the configuration cannot be opened: " + reason(err, "it is neither a file nor a directory"),
			Remedy:  "name a file, or a directory that contains *.conf files",
		}
	}
	return nil, nil
}

func (p place) directory() ([]string, error) {
	names, err := entryNames(p.path)
	if err != nil {
		return nil, &Error{At: Position{File: p.path}, Problem: "the directory cannot be listed: " + reason(err, ""),
			Remedy: "make it readable and small, or remove it"}
	}
	var files []string
	for _, name := range names {
		path := filepath.Join(p.path, name)
		if !strings.HasSuffix(name, ".conf") {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, path)
		} else if p.must {
			return nil, &Error{At: Position{File: path}, Problem: "the file cannot be opened: " + reason(err, "it is not a regular file"),
				Remedy: "repair it, or give it a name that does not end in .conf"}
		}
	}
	if p.must && len(files) == 0 {
		return nil, &Error{At: Position{File: p.path}, Problem: "the directory has no *.conf file",
			Remedy: "put the profiles into a file in that directory whose name ends in .conf"}
	}
	return files, nil
}

// entryNames returns the sorted names in a directory. A directory that no longer exists
// is empty.
func entryNames(path string) ([]string, error) {
	dir, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // opened for reading: nothing can be lost
	names, err := dir.Readdirnames(maxDirEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(names) > maxDirEntries {
		return nil, fmt.Errorf("it has more than %d entries", maxDirEntries)
	}
	slices.Sort(names)
	return names, nil
}

// readFile reads a file up to one byte beyond the limit.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	return io.ReadAll(io.LimitReader(f, maxFileBytes+1))
}

// reason returns the cause of a file error without the path, which the message already
// contains.
func reason(err error, otherwise string) string {
	var p *fs.PathError
	switch {
	case errors.As(err, &p):
		return p.Err.Error()
	case err != nil:
		return err.Error()
	}
	return otherwise
}
