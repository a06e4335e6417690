package rig

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

const (
	daemonPackage = "github.com/kojiwatch/kojiwatch/cmd/kojiwatch"
	raceReport    = "WARNING: DATA RACE"
	lastWords     = 40           // lines of a failed test's process that are shown
	moduleOf      = "module in " // before the folder of a program that has its own module
)

// Process is a program that a test runs. It is killed with the test, if it has
// not ended before.
type Process struct {
	*proc.Child
	stdout string
	stderr proc.Lines
}

// Command describes how to run a program.
type Command struct {
	// Under is a command that turns into the program, which it gets at the end of its
	// arguments; nil: there is none.
	Under []string
	Args  []string
	Env   []string  // NAME=value, in addition to the environment of the tests
	Dir   string    // where to run it; empty is where the tests run
	Stdin io.Reader // nil is empty input
	// Stdout takes the standard output in place of the file that
	// [Process.Stdout] names.
	Stdout *os.File
}

// Daemon runs kojiwatch with arguments, as a process of its own. It is built
// once for all tests of the package, with the race detector if they have it.
func Daemon(t testing.TB, args ...string) *Process {
	t.Helper()
	return DaemonWith(t, Command{Args: args})
}

// DaemonWith is Daemon for those who need more than arguments.
func DaemonWith(t testing.TB, c Command) *Process {
	t.Helper()
	return start(t, daemonPackage, c)
}

// Program returns the path of kojiwatch's program, for tests that have a shell run it. It
// is the one that Daemon runs.
func Program(t testing.TB) string {
	t.Helper()
	path, err := the(t).program(t.Context(), daemonPackage)
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	return path
}

// start builds the program of a package and runs it.
func start(t testing.TB, pkg string, c Command) *Process {
	t.Helper()
	path, err := the(t).program(t.Context(), pkg)
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	p := &Process{stdout: filepath.Join(TempDir(t), "stdout")}
	out, err := os.Create(p.stdout)
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	defer func() { _ = out.Close() }() // the process has its own
	words := slices.Concat(c.Under, []string{path}, c.Args)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), words[0], words[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Dir, c.Stdin, out, &p.stderr
	if c.Stdout != nil {
		cmd.Stdout = c.Stdout
	}
	// Processes of different tests are not to share what they learn.
	own := []string{"GORACE=halt_on_error=1", "XDG_STATE_HOME=" + TempDir(t)}
	cmd.Env = slices.Concat(os.Environ(), own, c.Env)
	if p.Child, err = proc.Start(cmd); err != nil {
		t.Fatalf("rig: %v", err)
	}
	t.Cleanup(func() { p.finish(t) })
	return p
}

// finish ends the process with its test and tells of races.
func (p *Process) finish(t testing.TB) {
	p.Kill()
	if strings.Contains(p.Stderr(), raceReport) {
		t.Error("rig: the process had a data race")
	}
	if t.Failed() {
		t.Logf("the last words of process %d:\n%s", p.PID(), strings.Join(p.stderr.Tail(lastWords), "\n"))
	}
}

// Stdout returns the path of the file that takes the standard output.
func (p *Process) Stdout() string { return p.stdout }

// Stderr returns what the process has written to its standard error. Of very much,
// the end is kept.
func (p *Process) Stderr() string { return p.stderr.String() }

// WaitStderr waits for a line on the standard error that matches a regular
// expression; it may have come already. A process that ends without it ends the
// test.
func (p *Process) WaitStderr(t testing.TB, within time.Duration, pattern string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	line, err := p.stderr.WaitFor(ctx, p.Done(), regexp.MustCompile(pattern))
	if err != nil {
		t.Fatalf("rig: process %d: %v", p.PID(), err)
	}
	return line
}

// WaitExit waits for the process to end and gives its exit status: the exit
// code, or 128 plus the number of the signal that ended it.
func (p *Process) WaitExit(t testing.TB, within time.Duration) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	code, err := p.Wait(ctx)
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	return code
}

// program is a built program, or why there is none.
type program struct {
	path string
	err  error
}

// program builds the program of a package at the first call.
func (s *suite) program(ctx context.Context, pkg string) (string, error) {
	s.buildMu.Lock()
	defer s.buildMu.Unlock()
	p, done := s.built[pkg]
	if !done {
		p = s.build(ctx, pkg)
		s.built[pkg] = p
	}
	return p.path, p.err
}

func (s *suite) build(ctx context.Context, pkg string) program {
	path := filepath.Join(s.dir, filepath.Base(pkg))
	args := []string{"build", "-buildvcs=false", "-o", path}
	if dir, ok := strings.CutPrefix(pkg, moduleOf); ok { // of a module of its own
		args, pkg = append([]string{"-C", dir}, args...), "."
	}
	if raceDetector && pkg != "." {
		// Without the profile: no time is measured here, and it would have
		// every package compiled once more.
		args = append(args, "-race", "-pgo=off")
	}
	out, err := exec.CommandContext(ctx, "go", append(args, pkg)...).CombinedOutput()
	if err != nil {
		return program{err: fmt.Errorf("build %s: %w\n%s", pkg, err, out)}
	}
	return program{path: path}
}
