package queue_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

var arches = []string{"x86_64", "aarch64", "noarch"}

func drawHosts(t *rapid.T) []queue.Host {
	hosts := make([]queue.Host, rapid.IntRange(1, 6).Draw(t, "hosts"))
	for i := range hosts {
		arch := rapid.SampledFrom(arches[:2]).Draw(t, "arch of host")
		hosts[i] = hostOf(int64(i+1), rapid.Float64Range(0.5, 6).Draw(t, "capacity"), arch, builders)
		if rapid.Bool().Draw(t, "also images") {
			hosts[i].Channels = append(hosts[i].Channels, images)
		}
	}
	return hosts
}

func drawTask(t *rapid.T, id int64) koji.Task {
	task := free(id, rapid.SampledFrom(arches).Draw(t, "arch"))
	task.Method = rapid.SampledFrom([]string{"build", "buildArch", "createrepo", "newRepo", "odd"}).Draw(t, "method")
	task.Channel.ID = rapid.SampledFrom([]int64{builders, images}).Draw(t, "channel")
	task.Priority = koji.Some(rapid.Int64Range(10, 30).Draw(t, "priority"))
	task.Created = now.Add(-time.Duration(rapid.IntRange(0, 7200).Draw(t, "age")) * time.Second)
	if rapid.Bool().Draw(t, "runs") {
		task.State, task.Host.ID = koji.TaskOpen, rapid.Int64Range(1, 6).Draw(t, "host")
		task.Started = task.Created
	}
	return task
}

func drawTasks(t *rapid.T) []koji.Task {
	tasks := make([]koji.Task, rapid.IntRange(0, 40).Draw(t, "tasks"))
	for i := range tasks {
		tasks[i] = drawTask(t, int64(i+10))
	}
	return tasks
}

// TestLaws: the interval is in order and not in the past; who is more important
// does not wait longer; more tasks ahead do not make it sooner; and the same
// question has the same answer.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hosts, tasks := drawHosts(t), drawTasks(t)
		run := runs(time.Duration(rapid.IntRange(0, 7200).Draw(t, "run")) * time.Second)
		ask := drawTask(t, 5000)
		ask.State, ask.Host = koji.TaskFree, koji.Ref{}
		expect := func(tasks []koji.Task, ask koji.Task) (queue.Start, bool) {
			m := queue.New(run)
			load(m, hosts, tasks...)
			return m.Expect(&ask, now)
		}
		s, ok := expect(tasks, ask)
		if again, _ := expect(tasks, ask); !ok || again != s {
			t.Fatalf("%v: %+v and then %+v", ok, s, again)
		}
		if !s.Known() {
			return
		}
		if s.Low.Before(now) || s.Likely.Before(s.Low) || s.High.Before(s.Likely) {
			t.Fatalf("out of order: %+v", s)
		}
		less := ask
		less.Priority.Value++
		if l, _ := expect(tasks, less); l.Likely.Before(s.Likely) || l.Low.Before(s.Low) || l.High.Before(s.High) {
			t.Errorf("with a lower priority it is sooner: %+v, else %+v", l, s)
		}
		extra := drawTask(t, 6000)
		extra.State, extra.Host = koji.TaskFree, koji.Ref{}
		if l, _ := expect(append(tasks, extra), ask); l.Likely.Before(s.Likely) || l.Ahead < s.Ahead {
			t.Errorf("with one task more it is sooner: %+v, else %+v", l, s)
		}
	})
}

// TestStream: whatever comes in whatever order, a model answers, and tasks that all
// ended leave nothing that waits.
func TestStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := queue.New(runs(hour))
		if rapid.Bool().Draw(t, "told") {
			load(m, drawHosts(t))
		}
		states := []koji.TaskState{koji.TaskFree, koji.TaskAssigned, koji.TaskOpen, koji.TaskClosed, koji.TaskFailed}
		for range rapid.IntRange(0, 60).Draw(t, "messages") {
			task := drawTask(t, rapid.Int64Range(1, 12).Draw(t, "id"))
			task.State = rapid.SampledFrom(states).Draw(t, "state")
			m.Observe(&task, now)
			ask := drawTask(t, 5000)
			ask.State = koji.TaskFree
			if s, ok := m.Expect(&ask, now); ok && s.Known() && s.Likely.Before(now) {
				t.Fatalf("in the past: %+v", s)
			}
		}
		for id := range int64(13) {
			m.Observe(&koji.Task{ID: id, State: koji.TaskCanceled}, now)
		}
		ask := free(5000, "noarch")
		if s, _ := m.Expect(&ask, now); s.Ahead != 0 {
			t.Errorf("something still waits: %+v", s)
		}
	})
}
