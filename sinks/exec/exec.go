// Package exec is the sink that runs a program for each event. The program gets the
// event as JSON on its standard input and the most important facts in its environment;
// its exit code says whether it accepted the event. No shell is involved.
package exec

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// TempFail is the exit code with which a program asks to be run again later:
// EX_TEMPFAIL of sysexits.h.
const TempFail = 75

// Sink runs a program for each event. It may be used by several goroutines at
// once.
type Sink struct {
	o     Config
	grace time.Duration // between SIGTERM and SIGKILL
}

// New returns a sink. It runs no program before the first event.
func New(o Config) *Sink { return &Sink{o, 2 * time.Second} }

// Send implements sinks.Sink. Exit code 0 is success; exit code 75, a signal and a
// timeout are retried; any other exit code is a refusal.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	for _, e := range events {
		if err := s.run(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Close implements sinks.Sink.
func (s *Sink) Close() error { return nil }

func (s *Sink) run(ctx context.Context, e *event.Event) error {
	within, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	out := &tail{max: int(s.o.MaxOutput)}
	cmd := exec.CommandContext(within, s.o.Command[0], s.o.Command[1:]...)
	cmd.Dir, cmd.Env = s.o.Dir, append(environment(e), s.o.Env...)
	cmd.Stdin = strings.NewReader(string(e.AppendJSON(nil)) + "\n")
	cmd.Stdout, cmd.Stderr = out, out
	// A process group of its own, so that the program's children end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = s.grace
	err := cmd.Run()
	if cmd.Process != nil && within.Err() != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // usually it has already exited
	}
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil // ErrWaitDelay: a remaining child process holds the output open
	}
	if within.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("run %s: not done within %s%s", s.o.Command[0], s.o.Timeout, out)
	}
	return s.verdict(ctx, err, out)
}

// verdict returns the error of a failed run, as a refusal if the failure is permanent.
func (s *Sink) verdict(ctx context.Context, err error, out *tail) error {
	if ctx.Err() != nil {
		return fmt.Errorf("run %s: %w", s.o.Command[0], ctx.Err())
	}
	err = fmt.Errorf("run %s: %w%s", s.o.Command[0], err, out)
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || !exit.Exited() || exit.ExitCode() == TempFail {
		return err // not started, killed by a signal, or asks for a retry
	}
	return sinks.Refuse("exit-"+strconv.Itoa(exit.ExitCode()), err)
}

// tail is a writer that keeps the last max bytes.
type tail struct {
	max int
	buf []byte
}

// Write never blocks or fails, so a program with much output is not slowed down.
func (t *tail) Write(p []byte) (int, error) {
	n := len(p)
	if len(p) > t.max {
		p = p[len(p)-t.max:]
	}
	if over := len(t.buf) + len(p) - t.max; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	t.buf = append(t.buf, p...)
	return n, nil
}

// String returns the output as the suffix of an error message, safe to print.
func (t *tail) String() string {
	text := strings.TrimSpace(string(t.buf))
	if text == "" {
		return ""
	}
	return ": " + string(format.AppendVisible(nil, text))
}

// Preview describes what Send would do with an event: the program, the variables it
// adds to the environment, without the values that are configured, and the input.
func (s *Sink) Preview(e *event.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %q\n", s.o.Command)
	for _, variable := range environment(e) {
		if strings.HasPrefix(variable, "KOJIWATCH_") {
			fmt.Fprintf(&b, "%s\n", variable)
		}
	}
	for _, variable := range s.o.Env {
		name, _, _ := strings.Cut(variable, "=")
		fmt.Fprintf(&b, "%s=(configured)\n", name)
	}
	fmt.Fprintf(&b, "\n%s\n", e.AppendJSON(nil))
	return b.String()
}
