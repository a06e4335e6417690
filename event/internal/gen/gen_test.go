package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/format"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const root = "../../.."

// TestCurrent checks that the generated files are up to date.
func TestCurrent(t *testing.T) {
	files, err := generate(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := fs.ReadFile(os.DirFS(root), name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what event.go and internal/schema declare: run go generate ./event", name)
		}
	}
}

// declarations returns the generator's input with one text replaced.
func declarations(t *testing.T, old, replacement string) fs.FS {
	t.Helper()
	module := fstest.MapFS{}
	found := false
	for _, name := range append(sources(), docPath) {
		text, err := fs.ReadFile(os.DirFS(root), name)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(text, []byte(old))
		module[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(text), old, replacement, 1))}
	}
	if !found {
		t.Fatalf("no declaration has %q", old)
	}
	return module
}

// TestOneEdit checks that a member added to a declaration is in every generated file.
func TestOneEdit(t *testing.T) {
	for name, tt := range map[string]struct{ old, added string }{
		"of the event": {
			"	Action string `json:\"action\"",
			"	// How bad it is.\n	Severity string `json:\"severity\" example:\"bad\"`\n",
		},
		"of an object of the event's": {
			"	Basis string `json:\"basis\"",
			"	// How sure it is.\n	Severity koji.Opt[float64] `json:\"severity\" example:\"0.5\"`\n",
		},
		"of an object of koji's": {
			"	Label string `json:\"label\"",
			"	// Whether it sleeps.\n	Severity koji.Opt[bool] `json:\"severity\" from:\"Waiting\" to:\"Waiting\" example:\"true\"`\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			// It goes before the comment of the field that is there.
			files, err := generate(declarations(t, tt.old, tt.added+"	// As it was.\n"+tt.old))
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range files {
				if !bytes.Contains(text, []byte("severity")) {
					t.Errorf("%s lacks the new member", name)
				}
				if strings.HasSuffix(name, ".json") && !json.Valid(text) {
					t.Errorf("%s is not JSON", name)
				}
				if strings.HasSuffix(name, ".go") {
					if _, err := format.Source(text); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		})
	}
}

func TestWrongDeclarations(t *testing.T) {
	for name, tt := range map[string]struct{ old, replacement, want string }{
		"no description":  {"	// The priority; lower runs first.\n", "", "Task: Priority has no comment"},
		"unknown type":    {"Samples int `", "Samples complex128 `", "kinds.go does not know complex128"},
		"two pointers":    {"RPM *RPM `", "RPM **RPM `", "Event: RPM: kinds.go does not know how JSON holds a **RPM"},
		"a wrong example": {`example:"20"`, `example:"twenty"`, `task.priority: example "twenty" is not JSON`},
		"no place for it": {"<!-- members of rpm: ", "<!-- of rpm: ", "there is no place for the members of rpm"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := generate(declarations(t, tt.old, tt.replacement))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
