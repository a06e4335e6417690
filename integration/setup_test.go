//go:build integration

package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// queue is the name of the queue in every test; each test has its own vhost.
const queue = "events"

// patience is how long a test waits for something that takes seconds on an idle machine.
const patience = 2 * time.Minute

// recorded returns n recorded messages, repeated as necessary, with the numbers 1 to n as
// message ids. They are persistent, so that they survive a restart of the broker.
func recorded(t *testing.T, n int) []replay.Message {
	t.Helper()
	return replay.Repeat(recordings(t), n)
}

func recordings(t *testing.T) []replay.Message {
	t.Helper()
	files, err := filepath.Glob("../parse/testdata/recordings/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	var all []replay.Message
	for _, file := range files {
		messages, err := replay.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, messages...)
	}
	return all
}

// configFor writes a configuration with one JSON sink on standard output.
func configFor(t *testing.T, brokerURL, queueKeys, sinkKeys string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf(`broker: {url: %q}
state_dir: %q
shutdown_grace: 10s
sinks:
  - name: out
    type: stdout
    topics: ["#"]
    queue: {name: %s, %s}
    %s
`, brokerURL, filepath.Dir(path), queue, queueKeys, sinkKeys)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// durable writes a configuration with a durable queue.
func durable(t *testing.T, brokerURL string) string {
	t.Helper()
	return configFor(t, brokerURL, "durable: true", "prefetch: 500")
}

// out has the members of an event that the tests check.
type out struct {
	ID    string
	Type  string
	Topic string
	Task  struct{ ID int64 }
	Build struct {
		ID  int64
		NVR string
	}
}

// number returns the number of the event's message.
func (o out) number(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(o.ID)
	if err != nil {
		t.Fatalf("no message has the event's id %q", o.ID)
	}
	return n
}

// about returns the task or build that the event is about.
func (o out) about() string {
	switch {
	case o.Task.ID != 0:
		return fmt.Sprintf("task %d", o.Task.ID)
	case o.Build.ID != 0:
		return fmt.Sprintf("build %d", o.Build.ID)
	}
	return ""
}

// events reads the events that daemons have written so far, one daemon after another.
func events(t *testing.T, daemons ...*rig.Process) []out {
	t.Helper()
	var all []out
	for _, d := range daemons {
		all = append(all, rig.Output[out](t, d)...)
	}
	return all
}

// missing returns how many of the messages 1 to n are not among the events, and the number
// of duplicates.
func missing(t *testing.T, n int, all []out) (lost, again int) {
	t.Helper()
	seen := make([]int, n+1)
	for _, e := range all {
		seen[e.number(t)]++
	}
	for _, times := range seen[1:] {
		switch {
		case times == 0:
			lost++
		case times > 1:
			again += times - 1
		}
	}
	return lost, again
}

// ordered checks that the first events about each task and build are in the order of their
// messages.
func ordered(t *testing.T, all []out) {
	t.Helper()
	seen := make(map[string]bool)
	last := make(map[string]int)
	for _, e := range all {
		about := e.about()
		if about == "" || seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		if n := e.number(t); n < last[about] {
			t.Errorf("%s: message %d came after message %d", about, n, last[about])
		} else {
			last[about] = n
		}
	}
}

// summary is the last log line of a sink.
type summary struct {
	Deliveries, Done, Dead, Filtered, Again, Stale, Sessions uint64
}

// stop stops a daemon and returns its counts.
func stop(t *testing.T, d *rig.Process) summary {
	t.Helper()
	terminate(t, d)
	line := d.WaitStderr(t, patience, "sink ends")
	var s summary
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
	return s
}

// empty waits until the queue has no messages, delivered or not.
func empty(t *testing.T, v *rig.VHost, name string) {
	t.Helper()
	holds(t, v, name, 0)
}

// holds waits until the queue has n messages, none of them delivered.
func holds(t *testing.T, v *rig.VHost, name string, n int) {
	t.Helper()
	var since time.Time // when the counts became right
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), name)
		if err == nil && (stats.Ready != n || stats.Unacked != 0) {
			err = fmt.Errorf("%s holds %+v, want %d ready", name, stats, n)
		}
		switch {
		case err != nil:
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		}
		if err == nil && time.Since(since) < v.Lag() {
			err = fmt.Errorf("%s may hold something else by now", name)
		}
		return err
	})
}

// consuming waits until the queue has a consumer.
func consuming(t *testing.T, v *rig.VHost) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), queue)
		if err == nil && stats.Consumers == 0 {
			err = fmt.Errorf("%s has no consumer", queue)
		}
		return err
	})
}

// arrived waits until there is an event of each of the messages 1 to n, as long as more
// events arrive. It counts lines until there are enough, because reading the events costs
// more than writing them.
func arrived(t *testing.T, n int, daemons ...*rig.Process) {
	t.Helper()
	for lines := 0; lines < n; time.Sleep(200 * time.Millisecond) {
		before := lines
		rig.Eventually(t, patience, func() error {
			if lines = countLines(t, daemons); lines == before {
				return fmt.Errorf("%d of %d events have arrived, and no more come", lines, n)
			}
			return nil
		})
	}
	rig.Eventually(t, patience, func() error {
		if lost, _ := missing(t, n, events(t, daemons...)); lost > 0 {
			return fmt.Errorf("%d of %d have not arrived", lost, n)
		}
		return nil
	})
}

func countLines(t *testing.T, daemons []*rig.Process) (n int) {
	t.Helper()
	for _, d := range daemons {
		text, err := os.ReadFile(d.Stdout())
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(text, []byte("\n"))
	}
	return n
}

// publish publishes messages, confirmed and persistent.
func publish(t *testing.T, v *rig.VHost, messages []replay.Message) {
	t.Helper()
	p := rig.Publisher(t, v)
	p.Persistent = true
	if err := p.Publish(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
}

// everything allows a user everything.
var everything = rabbit.Everything()

// atLeastLines checks that a daemon has written n events.
func atLeastLines(d *rig.Process, n int) error {
	lines, err := wholeLines(d)
	if err == nil && len(lines) < n {
		err = fmt.Errorf("%d events, want %d", len(lines), n)
	}
	return err
}

// wholeLines returns the complete lines of a daemon's output. A daemon may have been killed
// in the middle of a line.
func wholeLines(d *rig.Process) ([][]byte, error) {
	text, err := os.ReadFile(d.Stdout())
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(text, []byte("\n"))
	return lines[:len(lines)-1], nil
}

// whole reads the complete events of daemons that may have been killed.
func whole(t *testing.T, daemons []*rig.Process) []out {
	t.Helper()
	var all []out
	for _, d := range daemons {
		lines, err := wholeLines(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			var e out
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			all = append(all, e)
		}
	}
	return all
}

func nothingLost(t *testing.T, n int, daemons []*rig.Process) error {
	t.Helper()
	if lost, _ := missing(t, n, whole(t, daemons)); lost > 0 {
		return fmt.Errorf("%d of %d have not arrived", lost, n)
	}
	return nil
}

// size returns how many bytes a daemon has written.
func size(t *testing.T, d *rig.Process) int64 {
	t.Helper()
	info, err := os.Stat(d.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
