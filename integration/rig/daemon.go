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
	lastWords     = 40           // lines of a process's output shown if its test fails
	moduleOf      = "module in " // prefix for the folder of a program in a separate module
)

// Process is a program run by a test. It is killed at the end of the test if it still
// runs.
type Process struct {
	*proc.Child
	stdout string
	stderr proc.Lines
}

// Command describes how to run a program.
type Command struct {
	// Under is a command, such as strace, that executes the program, which is appended
	// to its arguments. It is optional.
	Under []string
	Args  []string
	Env   []string  // NAME=value, in addition to the environment of the tests
	Dir   string    // the working directory; empty means that of the tests
	Stdin io.Reader // nil means empty input
	// Stdout receives the standard output instead of the file that
	// [Process.Stdout] returns.
	Stdout *os.File
}

// Daemon runs kojiwatch with arguments, as a separate process. kojiwatch is built once
// for all tests of the package, with the race detector if they use it.
func Daemon(t testing.TB, args ...string) *Process {
	t.Helper()
	return DaemonWith(t, Command{Args: args})
}

// DaemonWith is like Daemon, but accepts more than arguments.
func DaemonWith(t testing.TB, c Command) *Process {
	t.Helper()
	return start(t, daemonPackage, c)
}

// Program returns the path of the kojiwatch binary that Daemon runs, for tests that run
// it from a shell.
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
	defer func() { _ = out.Close() }() // the process has its own descriptor
	words := slices.Concat(c.Under, []string{path}, c.Args)
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), words[0], words[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Dir, c.Stdin, out, &p.stderr
	if c.Stdout != nil {
		cmd.Stdout = c.Stdout
	}
	// Processes of different tests must not share state.
	own := []string{"GORACE=halt_on_error=1", "XDG_STATE_HOME=" + TempDir(t)}
	cmd.Env = slices.Concat(os.Environ(), own, c.Env)
	if p.Child, err = proc.Start(cmd); err != nil {
		t.Fatalf("rig: %v", err)
	}
	t.Cleanup(func() { p.finish(t) })
	return p
}

// finish kills the process at the end of its test and reports data races.
func (p *Process) finish(t testing.TB) {
	p.Kill()
	if strings.Contains(p.Stderr(), raceReport) {
		t.Error("rig: the process had a data race")
	}
	if t.Failed() {
		t.Logf("last output of process %d:\n%s", p.PID(), strings.Join(p.stderr.Tail(lastWords), "\n"))
	}
}

// Stdout returns the path of the file with the standard output.
func (p *Process) Stdout() string { return p.stdout }

// Stderr returns what the process has written to its standard error, or the end of it if
// it is very long.
func (p *Process) Stderr() string { return p.stderr.String() }

// WaitStderr waits for a line on standard error, past or future, that matches a regular
// expression. The test fails if the process ends without such a line.
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

// WaitExit waits until the process ends and returns its exit status: the exit code, or
// 128 plus the number of the signal that ended it.
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

// program is a built program, or the error of its build.
type program struct {
	path string
	err  error
}

// program builds the program of a package on the first call.
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
	if dir, ok := strings.CutPrefix(pkg, moduleOf); ok { // a separate module
		args, pkg = append([]string{"-C", dir}, args...), "."
	}
	if raceDetector && pkg != "." {
		// With the profile, every package would be compiled once more.
		args = append(args, "-race", "-pgo=off")
	}
	out, err := exec.CommandContext(ctx, "go", append(args, pkg)...).CombinedOutput()
	if err != nil {
		return program{err: fmt.Errorf("build %s: %w\n%s", pkg, err, out)}
	}
	return program{path: path}
}
