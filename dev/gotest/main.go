// Command gotest runs `go test` with its arguments and shows the result of each package and
// the whole output of failed tests.
//
// It is stricter than go test: a skipped test, or a run without any test, is a failure. It
// also cleans up: temporary files go into a folder that is removed at the end, and an
// interrupt reaches all processes of the tests.
//
//	gotest [-skip-reason=REGEXP] ARGUMENTS OF GO TEST
//
// With -skip-reason, tests may be skipped for reasons that match the regular expression.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

// endLimit is how long interrupted tests may take to clean up.
const endLimit = 30 * time.Second

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		code = 1
	}
	os.Exit(code)
}

func run(args []string) (int, error) {
	excuse, args, err := excuseOf(args)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "kojiwatch-test-")
	if err != nil {
		return 0, err
	}
	// A server that a test runs as another user may traverse the folder, but not list it.
	if err := os.Chmod(dir, 0o711); err != nil {
		return 0, errors.Join(err, os.RemoveAll(dir))
	}
	r := newReport(os.Stdout, excuse)
	code, err := goTest(dir, args, r)
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		return 0, err
	}
	return max(code, r.finish()), nil
}

// excuseOf removes our own flag from the arguments.
func excuseOf(args []string) (*regexp.Regexp, []string, error) {
	if len(args) == 0 {
		return nil, nil, nil
	}
	text, ok := strings.CutPrefix(args[0], "-skip-reason=")
	if !ok {
		return nil, args, nil
	}
	excuse, err := regexp.Compile(text)
	return excuse, args[1:], err
}

// goTest runs go test and reports its results. The exit status is that of go test, or 130
// after an interrupt.
func goTest(dir string, args []string, r *report) (int, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	cmd := exec.CommandContext(context.Background(), "go", append([]string{"test", "-json"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = r, os.Stderr
	tests, err := proc.Start(cmd)
	if err != nil {
		return 0, err
	}
	select {
	case <-tests.Done():
		return tests.Wait(context.Background())
	case <-signals:
	}
	fmt.Fprintln(os.Stderr, "gotest: interrupted, cleaning up")
	// The tests clean up on an interrupt; go test itself only waits for them.
	if err := tests.SignalGroup(syscall.SIGINT); err != nil {
		return 0, err
	}
	select {
	case <-tests.Done():
	case <-time.After(endLimit):
		tests.Kill()
	}
	return 130, nil
}
