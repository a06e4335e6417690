package profile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestLoadBounds(t *testing.T) {
	full := strings.Repeat("# filler\n", maxFileBytes/9)
	for _, c := range []struct {
		name, want string
		files      func() map[string]string
	}{
		{"a large file", "larger than 1048576 bytes", func() map[string]string {
			return map[string]string{"etc/koji.conf": full + "# filler\n"}
		}},
		{"many files", "more than 1000 files", func() map[string]string {
			return repeated(maxFiles+1, "etc/koji.conf.d/%04d.conf", "")
		}},
		{"many bytes", "16777216 bytes", func() map[string]string {
			return repeated(17, "etc/koji.conf.d/%04d.conf", full)
		}},
		{"many entries", "more than 2000 entries", func() map[string]string {
			return repeated(maxDirEntries+1, "etc/koji.conf.d/%05d", "")
		}},
		{"many sections", "more than 1000 sections", func() map[string]string {
			var b strings.Builder
			for i := range maxSections + 1 {
				fmt.Fprintf(&b, "[p%d]\n", i)
			}
			return map[string]string{"etc/koji.conf": b.String()}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, c.files())
			_, err := Load(hermetic(dir))
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || e.At.File == "" {
				t.Errorf("want an error with %q, got: %v", c.want, err)
			}
		})
	}
}

func repeated(n int, name, text string) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf(name, i)] = text
	}
	return files
}

func TestLoadAtTheBounds(t *testing.T) {
	dir := t.TempDir()
	files := repeated(maxFiles-1, "etc/koji.conf.d/%04d.conf", "")
	files["etc/koji.conf"] = "[koji]\n" + strings.Repeat("#", maxFileBytes-7)
	write(t, dir, files)
	if got := len(mustLoad(t, hermetic(dir)).Files()); got != maxFiles {
		t.Errorf("read %d files, want %d", got, maxFiles)
	}
}
