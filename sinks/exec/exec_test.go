package exec

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

var _ sinks.Sink = (*Sink)(nil)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func shell(script string) Config {
	return Config{Command: []string{"/bin/sh", "-c", script}, Timeout: time.Minute, MaxOutput: 100}
}

func one(t *testing.T, o Config, e *event.Event) error {
	t.Helper()
	return New(o).Send(t.Context(), []*event.Event{e})
}

func failed() *event.Event {
	return &event.Event{
		ID: "id-1", Type: event.TaskStateChange, New: "FAILED", Summary: "it\nfailed\x1b[31m",
		Task: &koji.Task{ID: 7, Method: "build", Request: koji.Request{Package: "$(touch x); `id`"}},
	}
}

func TestProgramGetsTheEvent(t *testing.T) {
	t.Setenv("KOJIWATCH_PASSWORD", "hunter2")
	t.Setenv("CREDENTIALS_DIRECTORY", "/secret")
	dir := t.TempDir()
	o := shell(`cat > event; env > env`)
	o.Dir, o.Env = dir, []string{"MORE=1"}
	if err := one(t, o, failed()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "event"))
	if err != nil || !json.Valid(text) || string(text) != string(failed().AppendJSON(nil))+"\n" {
		t.Errorf("on its standard input is %s (%v)", text, err)
	}
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil {
		t.Fatal(err)
	}
	lines := "\n" + string(env)
	for _, want := range []string{"KOJIWATCH_EVENT_ID=id-1", "KOJIWATCH_TASK_ID=7", "KOJIWATCH_SUMMARY=it failed [31m", "KOJIWATCH_TASK_PACKAGE=$(touch x); `id`", "MORE=1"} {
		if !strings.Contains(lines, "\n"+want+"\n") {
			t.Errorf("%s is not in the environment:%s", want, lines)
		}
	}
	if strings.Contains(lines, "hunter2") || strings.Contains(lines, "CREDENTIALS") || strings.Contains(lines, "BUILD_ID") {
		t.Errorf("the environment has variables it must not have:%s", lines)
	}
}

func TestExitCodes(t *testing.T) {
	for script, want := range map[string]struct {
		reason string
		text   string
	}{
		"exit 0":                        {"", ""},
		"echo no room >&2; exit 75":     {"", "exit status 75: no room"},
		"kill -KILL $$":                 {"", "signal: killed"},
		"printf 'bad\\033[0m'; exit 3":  {"exit-3", `exit status 3: bad`},
		"exit 1":                        {"exit-1", "exit status 1"},
		"yes | head -c 1000000; exit 2": {"exit-2", "y"},
	} {
		t.Run(script, func(t *testing.T) {
			err := one(t, shell(script), failed())
			if reason, _ := delivery.Reason(err); reason != want.reason {
				t.Errorf("the reason is %q, want %q", reason, want.reason)
			}
			if (err == nil) != (want.text == "") || err != nil && !strings.Contains(err.Error(), want.text) {
				t.Errorf("got %v, want %q", err, want.text)
			}
			if err != nil && (strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 500) {
				t.Errorf("%q is not fit to be shown", err)
			}
		})
	}
	err := one(t, Config{Command: []string{"/no/such/program"}, Timeout: time.Minute}, failed())
	if _, dead := delivery.Reason(err); err == nil || dead {
		t.Errorf("a missing program must be an error that is retried; got %v", err)
	}
}

// TestTimeout checks that a timeout ends the program and its children, even if they
// ignore SIGTERM.
func TestTimeout(t *testing.T) {
	dir := t.TempDir()
	o := shell(`trap '' TERM; (trap '' TERM; echo $$ > pid; exec sleep 1000) & echo $! > child; wait`)
	o.Dir, o.Timeout = dir, 500*time.Millisecond
	s := New(o)
	s.grace = 100 * time.Millisecond
	err := s.Send(t.Context(), []*event.Event{failed()})
	if _, dead := delivery.Reason(err); err == nil || dead || !strings.Contains(err.Error(), "not done within 500ms") {
		t.Errorf("got %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "child"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for alive(pid) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still running", pid)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// alive reports whether a process exists and is not a zombie.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	err := New(shell("sleep 1000")).Send(ctx, []*event.Event{failed()})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestInputUnread checks that a program need not read its input.
func TestInputUnread(t *testing.T) {
	e := failed()
	e.Summary = strings.Repeat("x", 1<<20)
	if err := one(t, shell("exit 0"), e); err != nil {
		t.Error(err)
	}
}
