package rebuild_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const list = `# a package, and what depends on it
openssl git+https://src.example.com/rpms/curl#f44
bash    git+https://src.example.com/rpms/dash#f44
openssl git+https://src.example.com/rpms/wget#f44
`

// fakeKoji records what it should build, and fails for the source in the file broken.
const fakeKoji = `#!/bin/sh
[ "$4" != "$(cat broken 2>/dev/null)" ] || exit 1
echo "$@" >>built
`

// machine is the folder in which the program runs.
type machine struct{ dir string }

func newMachine(t *testing.T) machine {
	t.Helper()
	m := machine{t.TempDir()}
	m.write(t, "rebuild.list", list)
	m.write(t, "koji", fakeKoji)
	return m
}

func (m machine) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// tagged runs the program for an event and returns its exit code.
func (m machine) tagged(t *testing.T, tag, build, name string) int {
	t.Helper()
	program, err := filepath.Abs("rebuild")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "rebuild.list", "f44")
	cmd.Dir = m.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "REBUILD_STATE=state", "KOJI=./koji", "KOJIWATCH_EVENT_ID=1",
		"KOJIWATCH_TAG=" + tag, "KOJIWATCH_BUILD_ID=" + build, "KOJIWATCH_BUILD_NAME=" + name,
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if len(out) > 0 {
		t.Logf("output: %s", out)
	}
	return cmd.ProcessState.ExitCode()
}

// built returns the packages whose builds were started.
func (m machine) built(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, "built"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		source := strings.TrimPrefix(strings.TrimSpace(line), "build --nowait f44 git+https://src.example.com/rpms/")
		names = append(names, strings.TrimSuffix(source, "#f44"))
	}
	return strings.Join(names, " ")
}

func TestRebuild(t *testing.T) {
	m := newMachine(t)
	for _, step := range []struct{ what, tag, build, name, built string }{
		{"a build is tagged", "f44-build", "77", "openssl", "curl wget"},
		{"the same event comes twice", "f44-build", "77", "openssl", "curl wget"},
		{"nothing depends on it", "f44-build", "78", "zsh", "curl wget"},
		{"the next build", "f44-build", "79", "openssl", "curl wget curl wget"},
		{"a tag that looks like a path", "../../../f44 $(touch here)", "79", "bash", "curl wget curl wget dash"},
	} {
		if code := m.tagged(t, step.tag, step.build, step.name); code != 0 {
			t.Errorf("%s: exit code %d", step.what, code)
		}
		if built := m.built(t); built != step.built {
			t.Errorf("%s: %q was built, want %q", step.what, built, step.built)
		}
	}
}

// TestNoList checks that the event is retried if the list cannot be read.
func TestNoList(t *testing.T) {
	m := newMachine(t)
	if err := os.Remove(filepath.Join(m.dir, "rebuild.list")); err != nil {
		t.Fatal(err)
	}
	if code := m.tagged(t, "f44-build", "77", "openssl"); code != 75 {
		t.Errorf("exit code %d, want 75", code)
	}
}

// TestTryAgain checks that only the failed build is tried again.
func TestTryAgain(t *testing.T) {
	m := newMachine(t)
	m.write(t, "broken", "git+https://src.example.com/rpms/wget#f44")
	if code := m.tagged(t, "f44-build", "77", "openssl"); code != 75 {
		t.Errorf("exit code %d, want 75", code)
	}
	m.write(t, "broken", "")
	if code := m.tagged(t, "f44-build", "77", "openssl"); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if built := m.built(t); built != "curl wget" {
		t.Errorf("%q was built", built)
	}
}
