package taskrequest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

// recordedRequest is a line of testdata/requests.jsonl: a recorded request, as values and, if
// available, as the text in the message about a new task, and the expected Request.
type recordedRequest struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
	Text    string          `json:"text"`
	Want    wantedRequest   `json:"want"`
}

// wantedRequest is a Request in the format of testdata.
type wantedRequest struct {
	Package  string   `json:"package"`
	NVR      string   `json:"nvr"`
	Source   string   `json:"source"`
	Scratch  *bool    `json:"scratch"`
	Arch     string   `json:"arch"`
	Arches   []string `json:"arches"`
	Tag      koji.Ref `json:"tag"`
	FromTag  koji.Ref `json:"from_tag"`
	Target   koji.Ref `json:"target"`
	BuildID  int64    `json:"build_id"`
	BuildNVR string   `json:"build_nvr"`
	Packages []string `json:"packages"`
	RepoID   int64    `json:"repo_id"`
}

func (w wantedRequest) request() koji.Request {
	q := koji.Request{
		Package: w.Package, NVR: w.NVR, Source: w.Source, Arch: w.Arch, Arches: w.Arches,
		Tag: w.Tag, FromTag: w.FromTag, Target: w.Target, BuildID: w.BuildID,
		BuildNVR: w.BuildNVR, Packages: w.Packages, RepoID: w.RepoID,
	}
	if w.Scratch != nil {
		q.Scratch = koji.Some(*w.Scratch)
	}
	return q
}

func readJSONLines[T any](t testing.TB, name string) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.DisallowUnknownFields()
		var one T
		if err := d.Decode(&one); err != nil {
			t.Fatalf("%s: line %d: %v", name, len(all)+1, err)
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return all
}

// values decodes JSON to parameters for Parse.
func values(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return plainValue(v), nil
}

// plainValue converts JSON's numbers to the types used by decoders.
func plainValue(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plainValue(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plainValue(v[k])
		}
	}
	return v
}

func paramsOf(t testing.TB, text string) []any {
	t.Helper()
	v, err := values(text)
	if err != nil {
		t.Fatal(err)
	}
	list, ok := v.([]any)
	if !ok {
		t.Fatalf("not a list: %s", text)
	}
	return list
}
