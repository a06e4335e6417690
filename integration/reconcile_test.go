//go:build integration

package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// koji is a build system at work: its hub knows of each change before a message tells of
// it, and messages go where a queue is bound.
type koji struct {
	t         *testing.T
	hub       *hubtest.Server
	publisher *replay.Publisher
	event     int64 // the last one

	mu   sync.Mutex
	want []string // what happened, as told gives it
}

func newKoji(t *testing.T, v *rig.VHost) *koji {
	t.Helper()
	k := &koji{t: t, hub: hubtest.Start(t, hubtest.Options{}), publisher: rig.Publisher(t, v), event: 100}
	k.publisher.Unrouted, k.publisher.Persistent = true, true
	return k
}

// change changes what the hub knows and tells of it.
func (k *koji) change(what, topic, typ string, body map[string]any, update func(*hubtest.Data)) {
	k.t.Helper()
	if err := k.hub.Update(update); err != nil {
		k.t.Error(err)
	}
	text, err := json.Marshal(body)
	if err != nil {
		k.t.Error(err)
	}
	k.mu.Lock()
	k.want = append(k.want, what)
	k.mu.Unlock()
	message := replay.Message{Exchange: "amq.topic", RoutingKey: "koji." + topic, Publishing: amqp.Publishing{
		Headers: amqp.Table{"type": typ}, Body: text,
	}}
	if err := k.publisher.Publish(k.t.Context(), message); err != nil {
		k.t.Error(err)
	}
}

func stamp(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return float64(at.UnixMicro()) / 1e6
}

// task has a task change its state.
func (k *koji) task(id int64, old any, state string) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	task := hubtest.Task{ID: id, Method: "build", State: state, Request: []any{"git://h/p#1", "f44", map[string]any{}}}
	for _, t := range k.hub.Data().Tasks {
		if t.ID == id {
			task = t
		}
	}
	task.State = state
	switch state {
	case "FREE":
		task.Created = now
	case "ASSIGNED":
	case "OPEN":
		task.Started = now
	default:
		task.Completed = now
	}
	info := map[string]any{"id": id, "method": task.Method, "parent": nil, "owner": 1}
	if state != "FREE" { // which says nothing of times
		info["create_ts"], info["start_ts"], info["completion_ts"] = stamp(task.Created), stamp(task.Started), stamp(task.Completed)
	}
	k.change(fmt.Sprintf("task %d %s", id, state), "task."+strings.ToLower(state), "TaskStateChange",
		map[string]any{"attribute": "state", "old": old, "new": state, "info": info},
		func(d *hubtest.Data) {
			d.Tasks = append(slices.DeleteFunc(d.Tasks, func(t hubtest.Task) bool { return t.ID == id }), task)
		})
}

// build has a build change its state.
func (k *koji) build(id int64, old any, state string, number int) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	b := hubtest.Build{ID: id, Package: "p", Version: fmt.Sprint(id), Release: "1", State: state, Created: now, Started: now}
	for _, known := range k.hub.Data().Builds {
		if known.ID == id {
			b = known
		}
	}
	if b.State = state; state != "BUILDING" {
		b.Completed = now
	}
	k.change(fmt.Sprintf("build %d %s", id, state), "build."+strings.ToLower(state), "BuildStateChange",
		map[string]any{"attribute": "state", "old": old, "new": number, "info": map[string]any{
			"build_id": id, "name": b.Package, "version": b.Version, "release": b.Release, "state": number,
			"creation_ts": stamp(b.Created), "start_ts": stamp(b.Started), "completion_ts": stamp(b.Completed),
		}},
		func(d *hubtest.Data) {
			d.Builds = append(slices.DeleteFunc(d.Builds, func(x hubtest.Build) bool { return x.ID == id }), b)
		})
}

// tag has a build come to a tag, or go.
func (k *koji) tag(id int64, tag string, comes bool) {
	k.event++
	event := hubtest.Event{ID: k.event, Time: time.Now().UTC().Truncate(time.Microsecond)}
	typ, topic := "Tag", "build.tag"
	if !comes {
		typ, topic = "Untag", "build.untag"
	}
	k.change(fmt.Sprintf("build %d %s %s", id, typ, tag), topic, typ,
		map[string]any{
			"tag": map[string]any{"name": tag}, "user": map[string]any{"name": "koji-admin"},
			"build": map[string]any{"build_id": id, "name": "p", "version": fmt.Sprint(id), "release": "1"},
		},
		func(d *hubtest.Data) {
			d.Events = append(d.Events, event)
			if comes {
				d.TagListings = append(d.TagListings, hubtest.TagListing{Tag: tag, Build: id, Versioned: hubtest.Versioned{CreateEvent: event.ID}})
				return
			}
			for i := range d.TagListings {
				if l := &d.TagListings[i]; l.Build == id && l.Tag == tag && l.RevokeEvent == 0 {
					l.RevokeEvent = event.ID
				}
			}
		})
}

// work makes builds, each with its task, step by step, some at once.
func (k *koji) work(from, to int64) {
	steps := []func(id int64){
		func(id int64) { k.task(id, nil, "FREE") },
		func(id int64) { k.task(id, "FREE", "ASSIGNED") },
		func(id int64) { k.task(id, "ASSIGNED", "OPEN") },
		func(id int64) { k.build(id, nil, "BUILDING", 0) },
		func(id int64) { k.build(id, 0, "COMPLETE", 1) },
		func(id int64) { k.task(id, "OPEN", "CLOSED") },
		func(id int64) { k.tag(id, "f44-candidate", true) },
		func(id int64) { k.tag(id, "f44", true) },
		func(id int64) { k.tag(id, "f44-candidate", false) },
		func(id int64) { k.tag(id, "f44-candidate", true) },
	}
	for step := range int64(len(steps)) + to - from {
		for i, do := range steps {
			if id := from + step - int64(i); id >= from && id < to {
				do(id)
			}
		}
	}
}

// repaired is an event as these tests look at it.
type repaired struct {
	out
	Origin string
	New    string
	Tag    struct{ Name string }
}

// what says what happened, as the build system noted it.
func (e *repaired) what() string {
	switch e.Type {
	case "TaskStateChange":
		return fmt.Sprintf("task %d %s", e.Task.ID, e.New)
	case "BuildStateChange":
		return fmt.Sprintf("build %d %s", e.Build.ID, e.New)
	}
	return fmt.Sprintf("build %d %s %s", e.Build.ID, e.Type, e.Tag.Name)
}

// missed returns an error unless the daemons told all that happened. Only a message tells
// that a task is assigned.
func (k *koji) missed(daemons ...*rig.Process) error {
	k.mu.Lock()
	want := slices.Clone(k.want)
	k.mu.Unlock()
	told := map[string]int{}
	for _, d := range daemons {
		lines, err := wholeLines(d)
		if err != nil {
			return err
		}
		for _, line := range lines {
			var e repaired
			if err := json.Unmarshal(line, &e); err != nil {
				return err
			}
			told[e.what()]++
		}
	}
	var missing []string
	for _, what := range want {
		if told[what]--; told[what] < 0 && !strings.HasSuffix(what, "ASSIGNED") {
			missing = append(missing, what)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("%d of %d not told, such as %s", len(missing), len(want), missing[0])
	}
	return nil
}

// toldOnce checks that nothing was told twice, and that what is about one thing was told
// in the order in which it happened. It returns how many of the events were repairs.
func (k *koji) toldOnce(daemons ...*rig.Process) (repairs int) {
	k.t.Helper()
	happened := map[string][]string{} // by subject
	subject := func(what string) string { return strings.Join(strings.Fields(what)[:2], " ") }
	for _, what := range k.want {
		happened[subject(what)] = append(happened[subject(what)], what)
	}
	ids := map[string]bool{}
	told := map[string][]string{}
	for _, d := range daemons {
		for _, e := range rig.Output[repaired](k.t, d) {
			if e.Origin != "" {
				repairs++
				if ids[e.ID] {
					continue // a duplicate by its id, after a crash
				}
				ids[e.ID] = true
			}
			told[subject(e.what())] = append(told[subject(e.what())], e.what())
		}
	}
	for about, all := range told {
		left := happened[about]
		for _, what := range all {
			i := slices.Index(left, what)
			if i < 0 {
				k.t.Errorf("%s: told %q, which happened %q", about, all, happened[about])
				break
			}
			left = left[i+1:]
		}
	}
	return repairs
}

// repairing adds the hub and its repairs to a configuration.
func repairing(t *testing.T, config string, k *koji) string {
	t.Helper()
	withHub(t, config, k.hub, 100*time.Millisecond)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	more := "reconcile: {on_start: true, every: 3s, delay: 1s, pause: 10ms, silence: 5s}\nestimates: {enabled: false}\n"
	if err := os.WriteFile(config, append(text, more...), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestReconcile: the queue is deleted, once under the daemon and once while it is down, and
// the hub is away for a while. All that happened is told, once, in order.
func TestReconcile(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	k := newKoji(t, v)
	config := repairing(t, durable(t, v.URL()), k)
	first := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	k.work(1, 6)
	rig.Eventually(t, patience, func() error { return k.missed(first) })
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(10, 16)
	consuming(t, v)
	k.hub.Offline("database outage")
	first.WaitStderr(t, patience, "new_queue")
	time.Sleep(3 * time.Second)
	k.hub.Online()
	rig.Eventually(t, patience, func() error { return k.missed(first) })
	stop(t, first)

	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(20, 32)
	second := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	k.work(40, 44)
	rig.Eventually(t, patience, func() error { return k.missed(first, second) })
	line := second.WaitStderr(t, patience, "were missed; .* facts found, .* sent")
	t.Log(line)
	time.Sleep(4 * time.Second) // another repair finds nothing
	empty(t, v, queue)
	stop(t, second)
	if n := k.toldOnce(first, second); n < 12*9 {
		t.Errorf("%d events of repairs, although the queue was away for 12 builds", n)
	}
}

// TestReconcileKilled: a daemon that is killed in the middle of a repair leaves the rest to
// the next one.
func TestReconcileKilled(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	k := newKoji(t, v)
	config := repairing(t, durable(t, v.URL()), k)
	daemons := []*rig.Process{rig.Daemon(t, "run", "--config", config)}
	consuming(t, v)
	k.work(1, 5)
	rig.Eventually(t, patience, func() error { return k.missed(daemons[0]) })
	daemons[0].Kill()
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(5, 30)
	for range 3 {
		d := rig.Daemon(t, "run", "--config", config)
		daemons = append(daemons, d)
		rig.Eventually(t, patience, func() error {
			lines, err := wholeLines(d)
			if err == nil && len(lines) == 0 {
				err = errors.New("nothing was told yet")
			}
			return err
		})
		d.Kill()
	}
	daemons = append(daemons, rig.Daemon(t, "run", "--config", config))
	rig.Eventually(t, patience, func() error { return k.missed(daemons...) })
	time.Sleep(4 * time.Second)
	empty(t, v, queue)
	stop(t, daemons[len(daemons)-1])
	k.toldOnce(daemons...)
}

// TestReconcileCommand: the command prints what was missed, and sends it if it is to; the
// daemon sends none of it again.
func TestReconcileCommand(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	k := newKoji(t, v)
	config := repairing(t, durable(t, v.URL()), k)
	edit(t, config, "on_start: true, every: 3s", "every: 1h")
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	k.work(1, 2)
	rig.Eventually(t, patience, func() error { return k.missed(d) })
	stop(t, d)
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(2, 3)
	again := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	time.Sleep(time.Second) // so long a message may take
	for _, args := range [][]string{{"--dry-run"}, {}} {
		p := rig.Daemon(t, append([]string{"reconcile", "--config", config, "--since", "1h"}, args...)...)
		if code := p.WaitExit(t, patience); code != 0 {
			t.Fatalf("exit code %d: %s", code, p.Stderr())
		}
		printed, err := os.ReadFile(p.Stdout())
		if n := strings.Count(string(printed), "\n"); err != nil || n != 9 { // all but the one that only messages tell
			t.Errorf("%d lines, %v:\n%s", n, err, printed)
		}
	}
	rig.Eventually(t, patience, func() error { return k.missed(d, again) })
	empty(t, v, queue)
	stop(t, again)
	if n := k.toldOnce(d, again); n != 9 {
		t.Errorf("%d events of repairs, want 9", n)
	}
}

// TestReconcileReplicas: of two replicas with one state folder one takes over from the
// other, which is killed, after the queue was away. All is told once.
func TestReconcileReplicas(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	k := newKoji(t, v)
	config := repairing(t, durable(t, v.URL()), k)
	first := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	second := rig.Daemon(t, "run", "--config", config)
	second.WaitStderr(t, patience, `"message":"consuming"`)
	k.work(1, 4)
	rig.Eventually(t, patience, func() error { return k.missed(first, second) })
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(4, 8)
	rig.Eventually(t, patience, func() error { return k.missed(first, second) })
	first.Kill()
	k.work(8, 10)
	rig.Eventually(t, patience, func() error { return k.missed(first, second) })
	time.Sleep(4 * time.Second) // another repair finds nothing
	empty(t, v, queue)
	stop(t, second)
	k.toldOnce(first, second)
}
