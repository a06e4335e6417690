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
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// koji is a running build system: its hub has each change before it publishes the message.
type koji struct {
	t         *testing.T
	hub       *hubtest.Server
	publisher *replay.Publisher
	event     int64 // the last one

	mu   sync.Mutex
	want []string // what happened, in the form of repaired.what
}

func newKoji(t *testing.T, v *rig.VHost) *koji {
	t.Helper()
	k := &koji{t: t, hub: hubtest.Start(t, hubtest.Options{}), publisher: rig.Publisher(t, v), event: 100}
	k.publisher.Unrouted, k.publisher.Persistent = true, true
	return k
}

// change changes the hub's data and publishes a message about it.
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

// task changes the state of a task.
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
	if state != "FREE" { // a message about a new task has no times
		info["create_ts"], info["start_ts"], info["completion_ts"] = stamp(task.Created), stamp(task.Started), stamp(task.Completed)
	}
	k.change(fmt.Sprintf("task %d %s", id, state), "task."+strings.ToLower(state), "TaskStateChange",
		map[string]any{"attribute": "state", "old": old, "new": state, "info": info},
		func(d *hubtest.Data) {
			d.Tasks = append(slices.DeleteFunc(d.Tasks, func(t hubtest.Task) bool { return t.ID == id }), task)
		})
}

// build changes the state of a build.
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

// tag tags or untags a build.
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

// repo begins a repository, or has it ready.
func (k *koji) repo(id int64, ready bool) {
	const tag = "f44-build"
	now := time.Now().UTC().Truncate(time.Microsecond)
	r := hubtest.Repo{ID: id, Tag: tag, State: "INIT", Created: now, StateTime: now}
	typ, topic, body := "RepoInit", "repo.init", map[string]any{"tag": map[string]any{"name": tag}, "repo_id": id, "task_id": nil}
	if ready {
		r = k.hub.Data().Repos[slices.IndexFunc(k.hub.Data().Repos, func(r hubtest.Repo) bool { return r.ID == id })]
		r.State, r.StateTime = "READY", now
		typ, topic, body = "RepoDone", "repo.done", map[string]any{"repo": map[string]any{"id": id, "tag_name": tag}, "expire": false}
	}
	k.change(fmt.Sprintf("repo %d %s", id, typ), topic, typ, body, func(d *hubtest.Data) {
		d.Repos = append(slices.DeleteFunc(d.Repos, func(r hubtest.Repo) bool { return r.ID == id }), r)
	})
}

// work runs builds with their tasks step by step, some of them at the same time.
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
		func(id int64) { k.repo(id, false) },
		func(id int64) { k.repo(id, true) },
	}
	for step := range int64(len(steps)) + to - from {
		for i, do := range steps {
			if id := from + step - int64(i); id >= from && id < to {
				do(id)
			}
		}
	}
}

// repaired has the members of an event that these tests check.
type repaired struct {
	out
	Origin string
	New    string
	Tag    struct{ Name string }
	Repo   struct{ ID int64 }
}

// what describes what happened, as in koji.want.
func (e *repaired) what() string {
	switch e.Type {
	case "TaskStateChange":
		return fmt.Sprintf("task %d %s", e.Task.ID, e.New)
	case "BuildStateChange":
		return fmt.Sprintf("build %d %s", e.Build.ID, e.New)
	case "RepoInit", "RepoDone":
		return fmt.Sprintf("repo %d %s", e.Repo.ID, e.Type)
	}
	return fmt.Sprintf("build %d %s %s", e.Build.ID, e.Type, e.Tag.Name)
}

// missed returns an error unless the daemons reported everything that happened. Only
// messages report that a task was assigned, so that may be missing.
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
		return fmt.Errorf("%d of %d are missing, such as %s", len(missing), len(want), missing[0])
	}
	return nil
}

// toldOnce checks that nothing was reported twice, and that events about the same thing are
// in the order in which they happened. It returns the number of repairs.
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
				k.t.Errorf("%s: reported %q, but the order was %q", about, all, happened[about])
				break
			}
			left = left[i+1:]
		}
	}
	return repairs
}

// repairing adds the hub and reconciling to a configuration.
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

// TestReconcile checks that everything is reported once and in order although the queue is
// deleted, once while the daemon runs and once while it does not, and the hub is down for a
// while.
func TestReconcile(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	k := newKoji(t, v)
	config := repairing(t, durable(t, v.URL()), k)
	first := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	k.work(1, 6)
	rig.Eventually(t, patience, func() error { return k.missed(first) })
	// Stopped, the daemon does not declare the queue again in the middle of a task's messages:
	// if it hears of the end of a task, a repair does not report the beginning.
	if err := first.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	k.work(10, 16)
	if err := first.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
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
	if n := k.toldOnce(first, second); n < 12*11 {
		t.Errorf("%d events of repairs, although there was no queue for 12 builds", n)
	}
}

// TestReconcileKilled checks that a daemon continues the repair of a daemon that was killed.
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
				err = errors.New("nothing was reported yet")
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

// TestReconcileCommand checks that the command prints what was missed and, without
// --dry-run, sends it, and that the daemon does not send it again.
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
	time.Sleep(time.Second) // a message may take that long
	for _, args := range [][]string{{"--dry-run"}, {}} {
		p := rig.Daemon(t, append([]string{"reconcile", "--config", config, "--since", "1h"}, args...)...)
		if code := p.WaitExit(t, patience); code != 0 {
			t.Fatalf("exit code %d: %s", code, p.Stderr())
		}
		printed, err := os.ReadFile(p.Stdout())
		if n := strings.Count(string(printed), "\n"); err != nil || n != 11 { // all but the one that only messages report
			t.Errorf("%d lines, %v:\n%s", n, err, printed)
		}
	}
	rig.Eventually(t, patience, func() error { return k.missed(d, again) })
	empty(t, v, queue)
	stop(t, again)
	if n := k.toldOnce(d, again); n != 11 {
		t.Errorf("%d events of repairs, want 11", n)
	}
}

// TestReconcileReplicas checks that everything is reported once if the queue is deleted and
// the working one of two replicas with the same state folder is killed.
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
