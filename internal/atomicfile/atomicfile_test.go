package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

var errFull = errors.New("no room")

func text(s string, err error) func(*os.File) error {
	return func(f *os.File) error {
		_, writeErr := f.WriteString(s)
		return errors.Join(writeErr, err)
	}
}

func TestFilesAreWhole(t *testing.T) {
	for name, tt := range map[string]struct {
		put    func(string, func(*os.File) error) error
		before string // "": no file
		fails  error  // what the writing fails with
		want   string
		err    error
	}{
		"replace":               {atomicfile.Replace, "old", nil, "new", nil},
		"replace nothing":       {atomicfile.Replace, "", nil, "new", nil},
		"replace half":          {atomicfile.Replace, "old", errFull, "old", errFull},
		"create":                {atomicfile.Create, "", nil, "new", nil},
		"create what is there":  {atomicfile.Create, "old", nil, "old", fs.ErrExist},
		"create half of a file": {atomicfile.Create, "", errFull, "", errFull},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			if tt.before != "" {
				if err := os.WriteFile(path, []byte(tt.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := tt.put(path, text("new", tt.fails)); !errors.Is(err, tt.err) {
				t.Errorf("the error is %v", err)
			}
			if got, _ := os.ReadFile(path); string(got) != tt.want {
				t.Errorf("the file holds %q", got)
			}
			if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "file")
	if err := atomicfile.Replace(path, text("new", nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestReplaceJSON: the folder is made, and a value that has no JSON leaves the file as it was.
func TestReplaceJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "numbers.json")
	if err := atomicfile.ReplaceJSON(path, []int{1, 2}); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.ReplaceJSON(path, func() {}); err == nil {
		t.Error("a function was written")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "[1,2]" {
		t.Errorf("got %q, %v", got, err)
	}
}
