package live_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// manyTasks is a hub with n builds that run, of as many packages, each with two children,
// and a build of the first package from before.
func manyTasks(n int64) hubtest.Data {
	const url = "git+https://src.example.com/rpms/pkg%d#0123456789012345678901234567890123456789"
	d := hubtest.Data{
		Users: []hubtest.User{{ID: 1, Name: "alice"}, {ID: 2, Name: "bob"}},
		Hosts: []hubtest.Host{{ID: 1, Name: "x1", Arches: "x86_64", Ready: true, Channels: []string{"default"}}},
	}
	add := func(t hubtest.Task) {
		t.Created = noon.Add(-10 * time.Minute)
		if t.State != "FREE" {
			t.Started, t.Host = t.Created, "x1"
		}
		d.Tasks = append(d.Tasks, t)
	}
	for i := range n {
		id := 100 * (i + 1)
		add(hubtest.Task{ID: id, Method: "build", State: "OPEN", Owner: "alice", Request: []any{fmt.Sprintf(url, i), "f44", map[string]any{}}})
		srpm := fmt.Sprintf("tasks/1/pkg%d-1-1.src.rpm", i)
		add(hubtest.Task{ID: id + 1, Parent: id, Method: "buildArch", Label: "x86_64", Arch: "x86_64", State: "OPEN", Owner: "alice", Request: []any{srpm, 7, "x86_64"}})
		add(hubtest.Task{ID: id + 2, Parent: id, Method: "buildArch", Label: "s390x", Arch: "s390x", State: "FREE", Owner: "alice", Request: []any{srpm, 7, "s390x"}})
	}
	start := noon.Add(-24 * time.Hour)
	d.Tasks = append(d.Tasks,
		hubtest.Task{ID: 10, Method: "build", State: "CLOSED", Created: start, Started: start, Completed: start.Add(20 * time.Minute), Request: []any{fmt.Sprintf(url, 0), "f44", map[string]any{}}},
		hubtest.Task{ID: 11, Parent: 10, Method: "buildArch", Label: "x86_64", Arch: "x86_64", State: "CLOSED", Created: start, Started: start, Completed: start.Add(15 * time.Minute), Request: []any{"tasks/1/pkg0-1-0.src.rpm", 7, "x86_64"}},
	)
	d.Builds = []hubtest.Build{{Package: "pkg0", Version: "1", Release: "0", State: "COMPLETE", Task: 10, Created: start, Started: start, Completed: start.Add(20 * time.Minute)}}
	return d
}

func follow(t *testing.T, d hubtest.Data, o live.TasksOptions) (*live.Tasks, *hubtest.Server) {
	t.Helper()
	clock := func() time.Time { return noon }
	hub := hubtest.Start(t, hubtest.Options{Data: d, Clock: clock})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	o.Now = clock
	return live.FollowTasks(c.API, o), hub
}

// TestTasksAskLittle: a hundred tasks with their children are one request a look, which
// costs the hub as much as ten of them do.
func TestTasksAskLittle(t *testing.T) {
	var ids []int64
	for i := range int64(100) {
		ids = append(ids, 100*(i+1))
	}
	tasks, hub := follow(t, manyTasks(100), live.TasksOptions{IDs: ids})
	hub.ResetStats()
	if _, err := tasks.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := hub.Stats().Requests; n > 8 {
		t.Errorf("%d requests at first", n)
	}
	for range 3 {
		hub.ResetStats()
		answers, err := tasks.Look(t.Context())
		if err != nil || len(answers) != 100 || len(answers[99].Node.Children) != 2 {
			t.Fatalf("%v, %d answers", err, len(answers))
		}
		if s := hub.Stats(); s.Requests != 1 || s.Called() != 2 {
			t.Errorf("%d requests with %d calls", s.Requests, s.Called())
		}
	}
}

// TestTasksTell: names of hosts, estimates from earlier builds and why something waits
// are there after the first look; what comes is found, and what ends has ended.
func TestTasksTell(t *testing.T) {
	tasks, hub := follow(t, manyTasks(2), live.TasksOptions{Filter: &kojirpc.TaskFilter{
		Owner: 1, TopLevel: true, States: []koji.TaskState{koji.TaskOpen, koji.TaskFree},
	}})
	answers, err := tasks.Look(t.Context())
	if err != nil || len(answers) != 2 {
		t.Fatalf("%v, %d answers", err, len(answers))
	}
	first := answers[0]
	if n := first.Node; n.Task.ID != 100 || n.Task.Host.Name != "x1" || first.Package != "pkg0" || first.Target != "f44" {
		t.Errorf("got %+v of %s for %s", n.Task, first.Package, first.Target)
	}
	if e := first.Node.Children[0].Estimate; e.CompletionAt.Sub(noon.Add(5*time.Minute)).Abs() > time.Minute || e.Duration.Basis != "last-builds" {
		t.Errorf("x86_64: %+v", e)
	}
	if e := first.Node.Children[1].Estimate; e.Reason.String() != "no enabled host for arch s390x in channel default" {
		t.Errorf("s390x waits: %q", e.Reason.String())
	}
	err = hub.Update(func(d *hubtest.Data) {
		d.Tasks[0].State, d.Tasks[0].Completed = "CLOSED", noon
		d.Tasks = append(d.Tasks,
			hubtest.Task{ID: 900, Method: "newRepo", Owner: "alice", Created: noon},
			hubtest.Task{ID: 901, Method: "newRepo", Owner: "bob", Created: noon},
			hubtest.Task{ID: 902, Parent: 201, Method: "below", Owner: "alice", Created: noon})
	})
	if err != nil {
		t.Fatal(err)
	}
	if answers, err = tasks.Look(t.Context()); err != nil || len(answers) != 3 {
		t.Fatalf("%v, %d answers", err, len(answers))
	}
	if !answers[0].Ended() || answers[2].Node.Task.ID != 900 {
		t.Errorf("got %+v and %+v", answers[0].Node.Task, answers[2].Node.Task)
	}
	if below := answers[1].Node.Children[0].Children; len(below) != 1 || below[0].Task.ID != 902 {
		t.Errorf("below the child: %v", below)
	}
}

// TestTasksLost: a look that fails changes nothing, and what it was to ask is asked by
// the next.
func TestTasksLost(t *testing.T) {
	tasks, hub := follow(t, manyTasks(1), live.TasksOptions{IDs: []int64{100}})
	remove := hub.Inject(hubtest.Failure{Effect: hubtest.Fault(1000, "out of order")})
	if _, err := tasks.Look(t.Context()); err == nil {
		t.Error("no error")
	}
	remove()
	answers, err := tasks.Look(t.Context())
	if err != nil || len(answers) != 1 || !answers[0].Estimate.Known() {
		t.Errorf("%v, %d answers", err, len(answers))
	}
	missing, _ := follow(t, manyTasks(1), live.TasksOptions{IDs: []int64{100, 999}})
	if _, err := missing.Look(t.Context()); !errors.Is(err, koji.ErrNotFound) {
		t.Errorf("a task that is not there: %v", err)
	}
}
