package buildlog

import (
	"bufio"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// form is a failure with the cause found by a person.
type form struct {
	name string
	task Task
	logs map[string][]byte
	want Cause
}

// readForms reads labelled failures. Their texts imitate logs of public build systems.
func readForms(t testing.TB, dir string) []form {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no forms in %s: %v", dir, err)
	}
	var forms []form
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := form{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), logs: map[string][]byte{}}
		f.task.Logs = map[string]int64{}
		f.label(t, string(archive.Comment))
		for _, file := range archive.Files {
			f.logs[file.Name], f.task.Logs[file.Name] = file.Data, int64(len(file.Data))
		}
		forms = append(forms, f)
	}
	return forms
}

// label parses the header of a form.
func (f *form) label(t testing.TB, text string) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch strings.TrimSuffix(key, ":") {
		case "method":
			f.task.Method = value
		case "fault":
			f.task.Fault += value + "\n"
		case "log":
			f.want.Log = value
		case "line":
			f.want.Line = strings.Join(strings.Fields(value), " ")
		case "kind":
			f.want.Kind = Kind(value)
		}
	}
	f.task.Fault = strings.TrimSuffix(f.task.Fault, "\n")
}

// find finds the cause of a form, and checks that it reads no more than MaxRead.
func (f *form) find(t testing.TB) Cause {
	t.Helper()
	total := int64(0)
	got, err := Find(&f.task, func(name string, offset, size int64) ([]byte, error) {
		total += size
		text := f.logs[name]
		if offset < 0 || offset+size > int64(len(text)) {
			return nil, fmt.Errorf("%s has %d bytes, not %d from %d on", name, len(text), size, offset)
		}
		return text[offset : offset+size], nil
	})
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	if total > MaxRead {
		t.Errorf("%s: read %d bytes", f.name, total)
	}
	return got
}

// TestForms checks for how many failures the right log, line and kind are found, and logs the
// rates. The forms in heldout were written before the rules and not consulted while writing
// them.
func TestForms(t *testing.T) {
	for dir, least := range map[string]int{"forms": 60, "heldout": 15} {
		forms := readForms(t, dir)
		if len(forms) < least {
			t.Errorf("%s: %d forms, want %d", dir, len(forms), least)
		}
		var logs, lines, kinds int
		for i := range forms {
			f := &forms[i]
			got := f.find(t)
			logs += count(got.Log == f.want.Log)
			lines += count(got.Log == f.want.Log && got.Line == f.want.Line)
			kinds += count(got.Kind == f.want.Kind)
			if got != f.want {
				t.Logf("%s/%s:\n got %+v\nwant %+v", dir, f.name, got, f.want)
			}
		}
		rate := func(n int) float64 { return 100 * float64(n) / float64(len(forms)) }
		t.Logf("%s: %d failures: log right %.0f %%, line right %.0f %%, kind right %.0f %%", dir, len(forms), rate(logs), rate(lines), rate(kinds))
		if rate(logs) < 95 || rate(lines) < 80 || rate(kinds) < 90 {
			t.Errorf("%s: want at least 95 %% of logs, 80 %% of lines and 90 %% of kinds", dir)
		}
	}
}

func count(right bool) int {
	if right {
		return 1
	}
	return 0
}
