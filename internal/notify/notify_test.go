package notify

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/koji"
)

func failedTask() *koji.Task {
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	t := &koji.Task{ID: 17, Method: "build", State: koji.TaskFailed, Created: at, Started: at, Ended: at.Add(time.Minute), Owner: koji.Ref{ID: 3, Name: "al<b>ice\x1b[31m"}}
	t.Request.Package = "bash"
	return t
}

// notifySend puts a notify-send into the only folder with programs. It writes what it is
// told to the file that is returned.
func notifySend(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" > " + said + "\n"
	if err := os.WriteFile(filepath.Join(dir, "notify-send"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return said
}

func notice(t *testing.T, place string, o Options) string {
	t.Helper()
	var errs bytes.Buffer
	o.Streams.Err = &errs
	n, err := New(place, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Ended(t.Context(), failedTask()); err != nil {
		t.Error(err)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	return errs.String()
}

// TestDesktop: the desktop is told, with nothing in it that it could take for more than text.
func TestDesktop(t *testing.T) {
	for _, place := range []string{Desktop, Auto} {
		said := notifySend(t)
		if out := notice(t, place, Options{}); out != "" {
			t.Errorf("%s: printed %q", place, out)
		}
		text, err := os.ReadFile(said)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(text); !strings.HasPrefix(got, "--app-name=kojiwatch\n--\nkojiwatch: FAILED\nal&lt;b&gt;ice\\x1b[31m&#39;s bash build failed") {
			t.Errorf("%s: %q", place, got)
		}
	}
}

func TestBell(t *testing.T) {
	if out := notice(t, Bell, Options{}); out != "\a" {
		t.Errorf("printed %q", out)
	}
}

// TestSink: a sink gets an event as of a message.
func TestSink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	c, err := config.Parse("kojiwatch.yaml", []byte(`
broker: {url: amqp://guest:guest@localhost/}
state_dir: /nowhere
instance: lab
sinks:
  - {name: log, type: file, path: `+path+`}
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	web, err := koji.NewWeb("https://koji.example.com/koji")
	if err != nil {
		t.Fatal(err)
	}
	notice(t, "sink:log", Options{Config: c, Web: web})
	line, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var e event.Event
	if err := e.UnmarshalJSON(bytes.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	if e.ID != "watch-17-FAILED" || e.New != "FAILED" || e.Instance != "lab" || e.Task.ID != 17 ||
		e.URL != "https://koji.example.com/koji/taskinfo?taskID=17" || !strings.Contains(e.Summary, "bash build failed") {
		t.Errorf("got %s", line)
	}
	_, err = New("sink:other", Options{Config: c})
	if err == nil || !strings.Contains(err.Error(), `there is no sink "other"`) {
		t.Errorf("another sink: %v", err)
	}
}

func TestNoPlace(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for place, want := range map[string]string{
		"mail": `"mail" is no place for notices; take auto, desktop, bell or sink:NAME`, "sink:a": "sink:a is a sink of a configuration: name that by --config",
		Desktop: `no notices on the desktop: exec: "notify-send": executable file not found`, Auto: "there is neither notify-send nor a terminal",
	} {
		_, err := New(place, Options{Streams: cliutil.Streams{Err: &bytes.Buffer{}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", place, err)
		}
	}
}
