package deadletters_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/deadletters"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// world is a sink with a file of dead letters.
type world struct {
	config      *config.Config
	out, stderr bytes.Buffer
}

// newWorld makes a sink that posts to a URL. Its queue is exclusive, so dead letters are sent
// back directly through the sink.
func newWorld(t *testing.T, url string, letters ...consumer.DeadLetter) *world {
	t.Helper()
	dir := t.TempDir()
	text := fmt.Sprintf("broker: {url: amqp://localhost}\nstate_dir: %s\nsinks:\n  - {name: hook, type: webhook, url: %q, queue: {exclusive: true}, dead_letters: file}\n", dir, url)
	c, err := config.Parse(filepath.Join(dir, "k.yaml"), []byte(text), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	file := deadletter.NewFileWriter(sinkbuild.DeadPath(c, &c.Sinks[0]))
	for _, letter := range letters {
		if err := file.Put(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	return &world{config: c}
}

func (w *world) run(ctx context.Context, o deadletters.Options) error {
	w.out.Reset()
	w.stderr.Reset()
	if o.Limit == 0 {
		o.Limit = 100
	}
	o.Sink = "hook"
	return deadletters.Run(ctx, cliutil.Streams{Out: &w.out, Err: &w.stderr}, w.config, o)
}

// left returns the ids of the remaining dead letters.
func (w *world) left(t *testing.T) string {
	t.Helper()
	if err := w.run(t.Context(), deadletters.Options{Action: deadletters.List, JSON: true}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for line := range strings.Lines(w.out.String()) {
		var entry struct{ ID string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, entry.ID)
	}
	return strings.Join(ids, " ")
}

func letter(id, reason string) consumer.DeadLetter {
	return consumer.DeadLetter{
		Delivery: &consumer.Delivery{
			Queue: "q", Exchange: "amq.topic", RoutingKey: "koji.task.closed",
			Properties: message.Properties{MessageID: id, Headers: map[string]any{"type": "TaskStateChange", "method": "build"}},
			Body:       []byte(`{"attribute": "state", "old": "OPEN", "new": "CLOSED", "info": {"id": 7, "method": "build", "state": 2, "parent": null}}`),
		},
		Sink: "hook", Reason: reason, Error: "410 Gone", Attempts: 2,
		Time: time.Unix(1795331299, 0), First: time.Unix(1795331200, 0), Last: time.Unix(1795331299, 0),
	}
}

func TestChoose(t *testing.T) {
	foreign := letter("m4", "gone")
	foreign.Sink = "another"
	for name, tt := range map[string]struct {
		o      deadletters.Options
		left   string
		stderr string
	}{
		"all":                     {deadletters.Options{}, "", ": 3 of 4 dead letters dropped"},
		"by reason":               {deadletters.Options{Reason: "gone"}, "m2", ": 2 of 4 dead letters dropped"},
		"by id":                   {deadletters.Options{ID: "m3"}, "m1 m2", ": 1 of 4 dead letters dropped"},
		"by both, of which none":  {deadletters.Options{Reason: "form", ID: "m3"}, "m1 m2 m3", ": 0 of 4 dead letters dropped"},
		"among the first":         {deadletters.Options{Reason: "gone", Limit: 2}, "m2 m3", ": 1 of 2 dead letters dropped"},
		"never of another sink's": {deadletters.Options{ID: "m4"}, "m1 m2 m3", "skipped, of other sinks: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "http://localhost:1", letter("m1", "gone"), letter("m2", "form"), letter("m3", "gone"), foreign)
			tt.o.Action = deadletters.Drop
			if err := w.run(t.Context(), tt.o); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(w.stderr.String(), tt.stderr) {
				t.Errorf("stderr: %s", &w.stderr)
			}
			if got := w.left(t); got != tt.left {
				t.Errorf("left: %q, want %q", got, tt.left)
			}
		})
	}
}

// TestListIsSafeOnATerminal checks that the texts of a dead letter, which are untrusted, are
// escaped.
func TestListIsSafeOnATerminal(t *testing.T) {
	hostile := letter("m1\x1b[2J", "gone\x07")
	hostile.Body = bytes.ReplaceAll(hostile.Body, []byte(`"build"`), []byte(`"koji.\u001b[2J"`))
	hostile.RoutingKey, hostile.Error = "koji.\x1b[31m", "no\x1b]0;title\x07"
	w := newWorld(t, "http://localhost:1", hostile)
	for _, o := range []deadletters.Options{{Action: deadletters.List}, {Action: deadletters.List, JSON: true}, {Action: deadletters.Show}} {
		if err := w.run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if text := w.out.String() + w.stderr.String(); strings.ContainsAny(text, "\x1b\x07") || !strings.Contains(text, "koji.") {
			t.Errorf("action %d prints %q", o.Action, text)
		}
	}
}

// TestRetry checks that accepted dead letters are removed from the file, that refused ones stay
// and are reported, and that an unavailable sink ends the run and keeps all others.
func TestRetry(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(id string) int
		left   string
		err    string
		stderr string
	}{
		"taken":   {func(string) int { return http.StatusNoContent }, "", "", ": 3 of 3 dead letters sent back"},
		"refused": {func(id string) int { return map[string]int{"m2": http.StatusGone}[id] }, "m2", "that the sink does not take, and that stay: 1", "m2: "},
		"down":    {func(id string) int { return map[string]int{"m2": http.StatusServiceUnavailable}[id] }, "m2 m3", "503", ": 1 of 2 dead letters sent back"},
	} {
		t.Run(name, func(t *testing.T) {
			receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var e struct{ ID string }
				text, err := io.ReadAll(r.Body)
				if err := errors.Join(err, json.Unmarshal(text, &e)); err != nil {
					t.Error(err)
				}
				w.WriteHeader(max(tt.answer(e.ID), http.StatusOK))
			}))
			defer receiver.Close()
			w := newWorld(t, receiver.URL, letter("m1", "gone"), letter("m2", "gone"), letter("m3", "gone"))
			err := w.run(t.Context(), deadletters.Options{Action: deadletters.Retry})
			if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %v, want %q", err, tt.err)
			}
			if !strings.Contains(w.stderr.String(), tt.stderr) {
				t.Errorf("stderr: %s", &w.stderr)
			}
			if got := w.left(t); got != tt.left {
				t.Errorf("left: %q, want %q", got, tt.left)
			}
		})
	}
}

func TestRunReportsWhatCannotBeDone(t *testing.T) {
	w := newWorld(t, "http://localhost:1", letter("m1", "gone"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.run(ctx, deadletters.Options{Action: deadletters.Drop}); !errors.Is(err, context.Canceled) {
		t.Errorf("after an interruption: %v", err)
	}
	if got := w.left(t); got != "m1" {
		t.Errorf("left after an interruption: %q", got)
	}
	err := deadletters.Run(t.Context(), cliutil.Streams{Out: io.Discard, Err: io.Discard}, w.config, deadletters.Options{Sink: "hok", Limit: 1})
	if err == nil || !strings.Contains(err.Error(), `no sink "hok"`) {
		t.Errorf("an unknown sink: %v", err)
	}
}
