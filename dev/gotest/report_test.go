package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// module writes a Go module with one test file and returns its folder.
func module(t *testing.T, test string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module example.com/m\n\ngo 1.26.0\n",
		"m_test.go": "package m\n\nimport (\"testing\"; \"time\")\n\nvar _ = time.Now\n\n" + test,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRuns(t *testing.T) {
	for name, tc := range map[string]struct {
		test   string
		excuse string
		code   int
		shows  []string
		hides  []string
	}{
		"all pass": {
			test:  `func TestA(t *testing.T) { t.Log("chatter"); t.Run("b", func(*testing.T) {}) }`,
			shows: []string{"ok  \texample.com/m", "2 passed, 0 failed, 0 skipped\n"},
			hides: []string{"chatter", "TestA", "PASS"},
		},
		"one fails": {
			test:  "func TestA(*testing.T) {}\nfunc TestB(t *testing.T) { t.Error(\"wrong\") }",
			code:  1,
			shows: []string{"--- FAIL: TestB", "wrong", "FAIL\texample.com/m", "1 passed, 1 failed"},
			hides: []string{"TestA"},
		},
		"skipped": {
			test:  `func TestA(*testing.T) {}; func TestB(t *testing.T) { t.Skip("too hard") }`,
			code:  1,
			shows: []string{"too hard", "SKIPPED: example.com/m TestB", "1 passed, 0 failed, 1 skipped"},
		},
		"skipped with an excuse": {
			test:   `func TestA(*testing.T) {}; func TestB(t *testing.T) { t.Skip("needs a moon") }`,
			excuse: "needs a moon",
			shows:  []string{"needs a moon", "Left out, for the reasons above: 1", "1 passed, 0 failed, 1 skipped"},
		},
		"skipped with another excuse": {
			test:   `func TestA(*testing.T) {}; func TestB(t *testing.T) { t.Skip("needs a star") }`,
			excuse: "needs a moon",
			code:   1,
			shows:  []string{"SKIPPED"},
		},
		"no tests": {
			test:  "",
			code:  1,
			shows: []string{"No test ran.", "0 passed, 0 failed, 0 skipped"},
		},
		"panic": {
			test:  `func TestA(t *testing.T) { t.Log("before"); panic("at the disco") }`,
			code:  1,
			shows: []string{"before", "at the disco", "FAIL\texample.com/m"},
		},
		"out of time": {
			test:  `func TestA(t *testing.T) { t.Log("before"); time.Sleep(time.Hour) }`,
			code:  1,
			shows: []string{"before", "test timed out", "FAIL\texample.com/m"},
		},
		"does not build": {
			test:  "func TestA(*testing.T) { undefined() }",
			code:  1,
			shows: []string{"undefined: undefined", "FAIL\texample.com/m"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // one of them waits for five seconds
			var excuse *regexp.Regexp
			if tc.excuse != "" {
				excuse = regexp.MustCompile(tc.excuse)
			}
			var out bytes.Buffer
			r := newReport(&out, excuse)
			cmd := exec.Command("go", "test", "-json", "-count=1", "-timeout=5s", ".")
			cmd.Dir, cmd.Stdout = module(t, tc.test), r
			code := 0
			if err := cmd.Run(); err != nil {
				code = 1
			}
			if code = max(code, r.finish()); code != tc.code {
				t.Errorf("exit status %d, want %d", code, tc.code)
			}
			for _, text := range tc.shows {
				if !strings.Contains(out.String(), text) {
					t.Errorf("does not show %q", text)
				}
			}
			for _, text := range tc.hides {
				if strings.Contains(out.String(), text) {
					t.Errorf("shows %q", text)
				}
			}
			if t.Failed() {
				t.Log("it shows:\n" + out.String())
			}
		})
	}
}

func TestEventsComeInPieces(t *testing.T) {
	var out bytes.Buffer
	r := newReport(&out, nil)
	const events = `{"Action":"output","Package":"p","Output":"ok p\n"}` + "\n" +
		`{"Action":"pass","Package":"p","Test":"T"}` + "\n" + `{"Action":"pass","Package":"p"}` + "\nplain words\n"
	for i := range events {
		if _, err := fmt.Fprint(r, events[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if code := r.finish(); code != 0 || out.String() != "ok p\nplain words\n1 passed, 0 failed, 0 skipped\n" {
		t.Errorf("exit status %d, shows %q", code, out.String())
	}
}

func TestNamesTheSlowest(t *testing.T) {
	var out bytes.Buffer
	r := newReport(&out, nil)
	for i := range 15 {
		_, _ = fmt.Fprintf(r, `{"Action":"pass","Package":"p","Test":"Test%d","Elapsed":%d}`+"\n", i, i+5)
	}
	_, _ = fmt.Fprintln(r, `{"Action":"pass","Package":"p","Test":"Test3/part","Elapsed":1000}`)
	if code := r.finish(); code != 0 {
		t.Errorf("code %d", code)
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	if want := "slowest: Test14 19 s, Test13 18 s, "; !strings.HasPrefix(first, want) || !strings.HasSuffix(first, "Test5 10 s") {
		t.Errorf("got %q, want %q… to Test5", first, want)
	}
}
