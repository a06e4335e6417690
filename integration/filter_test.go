//go:build integration

package integration

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestFilter checks that a sink gets only the events that match its lists and its
// expression, and that the other messages are acknowledged.
func TestFilter(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 2000
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", configFor(t, v.URL(), "durable: true", `types: [TaskStateChange, Tag]
    when: type == "Tag" or (top_level and task.method in ["build", "newRepo"] and new == "CLOSED")`))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	empty(t, v, queue)
	s := stop(t, d)
	all := rig.Output[filteredOut](t, d)
	if len(all) == 0 || s.Done != uint64(len(all)) || s.Filtered != uint64(n-len(all)) {
		t.Errorf("%d events, and the daemon counted %+v", len(all), s)
	}
	for _, e := range all {
		built := e.Task.Parent == 0 && (e.Task.Method == "build" || e.Task.Method == "newRepo") && e.New == "CLOSED"
		if e.Type != "Tag" && (e.Type != "TaskStateChange" || !built) {
			t.Fatalf("%+v does not fit", e)
		}
	}
}

type filteredOut struct {
	Type, New string
	Task      struct {
		Method string
		Parent int64
	}
}

// TestDedup checks that messages which are published again within the window reach the
// sink once.
func TestDedup(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 300
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", configFor(t, v.URL(), "durable: true", "dedup: {window: 10m}"))
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages)
	publish(t, v, messages)
	arrived(t, n, d)
	empty(t, v, queue)
	s := stop(t, d)
	if all := events(t, d); len(all) != n || s.Filtered != n {
		t.Errorf("%d events, %d filtered, want %d each", len(all), s.Filtered, n)
	}
}
