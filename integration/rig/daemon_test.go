//go:build integration

package rig

import (
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	standIn  = "./testdata/daemon"
	patience = time.Minute
)

func TestDaemonServesUntilItIsStopped(t *testing.T) {
	d := start(t, standIn, Command{Args: []string{"serve", "with", "args"}})
	if line := d.WaitStderr(t, patience, "^ready"); line != "ready with args" {
		t.Errorf("it said %q", line)
	}
	type event struct {
		ID string
		N  int
	}
	if events := Output[event](t, d); len(events) != 2 || events[1] != (event{"b", 2}) {
		t.Errorf("got the events %v, want a and b: the third is incomplete", events)
	}
	if err := d.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit status %d, want 0", code)
	}
	if events := Output[event](t, d); len(events) != 3 {
		t.Errorf("got the events %v, want three at the end", events)
	}
	if d.Stderr() != "ready with args\nstopped\n" {
		t.Errorf("standard error is %q", d.Stderr())
	}
}

func TestDaemonThatFails(t *testing.T) {
	d := start(t, standIn, Command{Args: []string{"fail"}, Env: []string{"LUCK=none"}})
	if code := d.WaitExit(t, patience); code != 3 {
		t.Errorf("exit status %d, want 3", code)
	}
	d.WaitStderr(t, patience, "^no luck: none$")
}

func TestDaemonThatIsKilled(t *testing.T) {
	d := start(t, standIn, Command{Args: []string{"serve"}})
	d.WaitStderr(t, patience, "^ready")
	d.Kill()
	if code := d.WaitExit(t, patience); code != 128+9 {
		t.Errorf("exit status %d, want 137", code)
	}
}

func TestDaemonIsGoneAfterItsTest(t *testing.T) {
	var d *Process
	ok := t.Run("inner", func(t *testing.T) { d = start(t, standIn, Command{Args: []string{"serve"}}) })
	if ok && d.Running() {
		t.Error("it still runs")
	}
}

// witness records failures instead of a test.
type witness struct {
	testing.TB
	failed bool
	said   strings.Builder
}

func (w *witness) Helper()                      {}
func (w *witness) Failed() bool                 { return w.failed }
func (w *witness) Error(args ...any)            { w.failed = true; w.said.WriteString(args[0].(string)) }
func (w *witness) Logf(format string, _ ...any) { w.said.WriteString(format) }

func TestRaceInTheDaemonFailsTheTest(t *testing.T) {
	d := start(t, standIn, Command{Args: []string{"serve"}})
	d.WaitStderr(t, patience, "^ready")
	w := &witness{TB: t}
	racy := &Process{Child: d.Child}
	_, _ = io.WriteString(&racy.stderr, "==================\n"+raceReport+"\n")
	racy.finish(w)
	if !w.failed || !strings.Contains(w.said.String(), "data race") {
		t.Errorf("the test went on: %s", w.said.String())
	}
}

func TestRaceDetectorIsPassedOn(t *testing.T) {
	path, err := current.program(t.Context(), standIn)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "version", "-m", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := strings.Contains(string(out), "-race=true"); got != raceDetector {
		t.Errorf("built with the race detector: %t, want %t", got, raceDetector)
	}
}

func TestProgramThatDoesNotBuild(t *testing.T) {
	_, err := current.program(t.Context(), "./testdata/nothing")
	if err == nil || !strings.Contains(err.Error(), "build ./testdata/nothing") {
		t.Errorf("got %v, want a build error", err)
	}
}
