package rig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadNDJSON(t *testing.T) {
	for name, tc := range map[string]struct {
		text    string
		want    int // values
		problem string
	}{
		"empty":               {"", 0, ""},
		"whole lines":         {"{\"n\":1}\n{\"n\":2}\n", 2, ""},
		"last line not ended": {"{\"n\":1}\n{\"n\":2}", 1, ""},
		"broken line":         {"{\"n\":1}\n{\"n\":\n", 0, "out:2: "},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out")
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := ReadNDJSON[struct{ N int }](path)
			switch {
			case tc.problem != "":
				if err == nil || !strings.Contains(err.Error(), tc.problem) {
					t.Errorf("got %v, want %q", err, tc.problem)
				}
			case err != nil || len(got) != tc.want:
				t.Errorf("got %v, %v; want %d values", got, err, tc.want)
			}
		})
	}
}
