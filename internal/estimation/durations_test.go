package estimation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func durationsConfig(t *testing.T, more string) *config.Config {
	t.Helper()
	text := "broker: {url: amqp://localhost}\nsinks: [{name: out, type: stdout}]\ncache: {disk: false}\n" + more
	c, err := config.Parse("/k.yaml", []byte(text), func(string) (string, bool) { return t.TempDir(), true })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// taskEvent is an event about an image task that was open for an hour, or still is.
func taskEvent(id int64, s koji.TaskState) *event.Event {
	e := &event.Event{
		Type: event.TaskStateChange, ReceivedAt: noon.Add(-time.Hour),
		Task: &koji.Task{ID: id, Method: "image", State: s, Created: noon.Add(-time.Hour), Started: noon.Add(-time.Hour)},
	}
	if s.Final() {
		e.Task.Ended, e.ReceivedAt = noon, noon
	}
	return e
}

// lives has tasks open and close.
func lives(d *Service, from, n int64) {
	x := d.ForEvents()
	for id := from; id < from+n; id++ {
		x.Estimate(taskEvent(id, koji.TaskOpen))
		x.Estimate(taskEvent(id, koji.TaskClosed))
	}
}

// TestHistoryOutlivesTheProcess: what was learnt and scored is there after the end.
func TestHistoryOutlivesTheProcess(t *testing.T) {
	c := durationsConfig(t, "")
	for i := range int64(2) {
		d := Open(c, zerolog.Nop())
		d.Start(t.Context(), c, &hub.Hub{})
		lives(d, 10*i+1, 3)
		d.Close()
	}
	scores, err := ReadScores(c.StateDir)
	if err != nil {
		t.Fatal(err)
	}
	keys := scores.Keys()
	if len(keys) == 0 {
		t.Fatal("nothing was scored")
	}
	first := scores.Of(func(k score.Key) bool { return k.Method == keys[0].Method && k.Moment == keys[0].Moment })
	if n := first.Ratios.Count(); n != 5 {
		t.Errorf("%d estimates were scored, want 5", n) // of the first task nothing was known
	}
}

// TestHistoryTrouble: without its file kojiwatch learns in memory and says so.
func TestHistoryTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, path string)
		says  string
		aside bool
	}{
		"no database": {func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "moving it aside and starting a new one", true},
		"in use": {func(t *testing.T, path string) {
			t.Helper()
			store, _, err := history.Open(path, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
		}, "kept in memory and lost", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := durationsConfig(t, "")
			path := filepath.Join(c.StateDir, HistoryFile)
			tt.spoil(t, path)
			var log bytes.Buffer
			d := Open(c, zerolog.New(&log))
			lives(d, 1, 2)
			e := taskEvent(9, koji.TaskOpen)
			if d.ForEvents().Estimate(e); e.Estimate == nil || e.Estimate.Samples != 2 {
				t.Errorf("got %+v", e.Estimate)
			}
			d.Close()
			if !strings.Contains(log.String(), tt.says) {
				t.Errorf("log: %s", log.String())
			}
			if found, _ := filepath.Glob(path + ".unreadable-*"); (len(found) == 1) != tt.aside {
				t.Errorf("set aside: %v", found)
			}
		})
	}
}

// TestHistoryDamagedInUse: a file that is damaged meanwhile is set aside once and said,
// estimates go on, and the next start begins anew.
func TestHistoryDamagedInUse(t *testing.T) {
	c := durationsConfig(t, "")
	path := filepath.Join(c.StateDir, HistoryFile)
	var log bytes.Buffer
	d := Open(c, zerolog.New(&log))
	lives(d, 1, 2)
	d.flush()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	for id := int64(10); id < 40; id += 10 {
		lives(d, id, 1)
		d.flush()
	}
	if d.kept.Load() {
		t.Error("what was learnt counts as kept")
	}
	e := taskEvent(99, koji.TaskOpen)
	if d.ForEvents().Estimate(e); e.Estimate == nil || e.Estimate.Samples != 5 {
		t.Errorf("got %+v", e.Estimate)
	}
	d.Close()
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), "it is moved aside") {
		t.Errorf("log: %s", log.String())
	}
	if found, _ := filepath.Glob(path + ".unreadable-*"); len(found) != 1 {
		t.Errorf("set aside: %v", found)
	}
	log.Reset()
	d = Open(c, zerolog.New(&log))
	if d.Close(); log.Len() > 0 {
		t.Errorf("the next start: %s", log.String())
	}
}

// TestEstimatesOff: switched off they cost nothing and leave nothing.
func TestEstimatesOff(t *testing.T) {
	c := durationsConfig(t, "estimates: {enabled: false}\n")
	d := Open(c, zerolog.Nop())
	d.Start(t.Context(), c, &hub.Hub{})
	if d.ForEvents() != nil {
		t.Error("somebody estimates")
	}
	d.Close()
	if found, _ := filepath.Glob(c.StateDir + "/*"); len(found) > 0 {
		t.Errorf("left: %v", found)
	}
}

// hubWithQueue is a hub with one host, on which a task runs, and a package with an
// average.
func hubWithQueue() hubtest.Data {
	return hubtest.Data{
		Channels: []hubtest.Channel{{ID: 1, Name: "default"}},
		Hosts:    []hubtest.Host{{ID: 1, Name: "x1", Arches: "x86_64", Capacity: 0.5, Ready: true, Channels: []string{"default"}}},
		Packages: []hubtest.Package{{Name: "bash"}},
		Averages: map[string]float64{"bash": 600},
		Tasks: []hubtest.Task{{
			ID: 1, Method: "newRepo", State: "OPEN", Host: "x1", Channel: "default", Arch: "noarch", Weight: 1.5,
			Created: noon.Add(-time.Hour), Started: time.Now(), Request: []any{"f44-build"},
		}},
	}
}

// TestTheHubIsAsked: the hub tells its averages and its queue, in few requests. The board
// has what runs before any event.
func TestTheHubIsAsked(t *testing.T) {
	server := hubtest.Start(t, hubtest.Options{Data: hubWithQueue()})
	c := durationsConfig(t, fmt.Sprintf("hub: {server: %q}\n", server.URL))
	access, err := hub.AccessOf(c)
	if err != nil {
		t.Fatal(err)
	}
	client, err := hub.Connect(access)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hub.Close(t.Context(), client.Client) }()
	d := Open(c, zerolog.Nop())
	onBoard := board.New(board.Options{})
	d.OnQueue(onBoard.Load)
	d.Start(t.Context(), c, client)
	defer d.Close()
	free := taskEvent(5, koji.TaskFree)
	free.Task.Method, free.Task.Channel, free.Task.Arch = "build", koji.Ref{ID: 1, Name: "default"}, "noarch"
	free.Task.Started = time.Time{}
	free.Task.Request.Package = "bash"
	if err := until(t.Context(), func() error {
		free.ReceivedAt = time.Now()
		d.ForEvents().Estimate(free)
		e := free.Estimate
		switch {
		case e == nil || e.Basis != "hub-average" || e.Duration.Value < 10*time.Minute:
			return fmt.Errorf("got %+v", e)
		case e.StartsAt.Sub(free.ReceivedAt) < 2*time.Minute:
			return fmt.Errorf("it starts in %v, on a host that is full", e.StartsAt.Sub(free.ReceivedAt))
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	running, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { onBoard.Run(running); close(ended) }()
	if err := until(t.Context(), func() error {
		snapshot, _ := onBoard.Snapshot()
		if e := snapshot.Entry("task/1"); e == nil || e.State != board.Running || e.Root().Channel != "default" || e.Root().Host != "x1" {
			return fmt.Errorf("on the board it is %+v", e)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	cancel()
	<-ended
	if n := server.Stats().Requests; n > 5 {
		t.Errorf("%d requests: %v", n, server.Stats().Calls)
	}
}

// until waits for something to come true, for half a minute at most.
func until(ctx context.Context, check func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := check()
		if err == nil {
			return nil
		}
		clock.Sleep(ctx, 50*time.Millisecond)
		if ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}
