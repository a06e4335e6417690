package proc

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv("PROC_TEST_PARENT") != "" {
		parent()
	}
	goleak.VerifyTestMain(m)
}

// parent is run by TestChildDiesWithItsParent: it starts a child, prints the child's
// PID, and waits to be killed.
func parent() {
	c, err := Start(exec.Command("sleep", "600"))
	if err != nil {
		os.Exit(1)
	}
	println(c.PID())
	<-c.Done()
	os.Exit(1)
}

func sh(t *testing.T, script string) (*Child, *Lines) {
	t.Helper()
	var lines Lines
	cmd := exec.Command("sh", "-c", script)
	cmd.Stdout, cmd.Stderr = &lines, &lines
	c, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	return c, &lines
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestWaitGivesTheExitStatus(t *testing.T) {
	for name, tc := range map[string]struct {
		script string
		want   int
	}{
		"success":       {"exit 0", 0},
		"failure":       {"exit 7", 7},
		"ended by TERM": {"kill -TERM $$", 128 + 15},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := sh(t, tc.script)
			got, err := c.Wait(soon(t))
			if err != nil || got != tc.want {
				t.Errorf("exit status %d, %v; want %d", got, err, tc.want)
			}
		})
	}
}

func TestStartOfNothing(t *testing.T) {
	if _, err := Start(exec.Command("/nonexistent/program")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	c, _ := sh(t, "sleep 600")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if !c.Running() {
		t.Error("the child has ended, too")
	}
}

func TestStop(t *testing.T) {
	c, lines := sh(t, "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done")
	if _, err := lines.WaitFor(soon(t), nil, regexp.MustCompile(`^up$`)); err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(soon(t), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code, _ := c.Wait(soon(t)); code != 3 || lines.String() != "up\nbye\n" {
		t.Errorf("exit status %d, output %q; want 3 and a farewell", code, lines)
	}
	if err := c.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("signal after the end: %v, want that it is done", err)
	}
}

func TestStopKillsWhoWillNotEnd(t *testing.T) {
	c, lines := sh(t, "trap '' TERM; echo up; while :; do sleep 0.05; done")
	if _, err := lines.WaitFor(soon(t), nil, regexp.MustCompile(`^up$`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := c.Stop(ctx, syscall.SIGTERM); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a timeout", err)
	}
	if c.Running() {
		t.Error("it still runs")
	}
}

func TestGrandchildrenGoToo(t *testing.T) {
	c, lines := sh(t, "sleep 600 >/dev/null 2>&1 & echo pid $!; wait")
	line, err := lines.WaitFor(soon(t), nil, regexp.MustCompile(`^pid \d+$`))
	if err != nil {
		t.Fatal(err)
	}
	c.Kill()
	gone(t, strings.TrimPrefix(line, "pid "))
}

func TestChildDiesWithItsParent(t *testing.T) {
	var lines Lines
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PROC_TEST_PARENT=1")
	cmd.Stderr = &lines
	c, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	pid, err := lines.WaitFor(soon(t), nil, regexp.MustCompile(`^\d+$`))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

// gone waits until a process that is not our child has ended, even if its new parent has
// not reaped it yet.
func gone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	for ctx := soon(t); ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		if errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			return
		}
		status, err := os.ReadFile("/proc/" + pid + "/status")
		if err != nil || strings.Contains(string(status), "State:\tZ") {
			return
		}
	}
	t.Errorf("process %s still runs", pid)
}
