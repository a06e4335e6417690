package sentinel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/koji"
)

// lab is a build system whose tasks a test moves, and a sentinel that watches it.
type lab struct {
	*sentinel.Sentinel
	t      *testing.T
	now    time.Time
	last   int64
	silent map[int64]time.Duration
}

// newLab has a sentinel that has watched for long enough to speak.
func newLab(t *testing.T, kinds ...sentinel.Kind) *lab {
	t.Helper()
	l := &lab{t: t, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), silent: map[int64]time.Duration{}}
	l.Sentinel = sentinel.New(sentinel.Options{Kinds: kinds, Estimates: l, Logs: l})
	l.close(l.open(l.task("tagBuild", "noarch"), "other"))
	l.pass(2 * time.Hour)
	return l
}

// Duration implements sentinel.Estimates: everything takes ten minutes.
func (l *lab) Duration(int64, time.Time) (likely, high time.Duration) {
	return 10 * time.Minute, 15 * time.Minute
}

// Silent implements sentinel.Logs.
func (l *lab) Silent(task int64, _ time.Time) time.Duration { return l.silent[task] }

// task makes a task that waits for a host.
func (l *lab) task(method, arch string) *koji.Task {
	l.last++
	k := &koji.Task{
		ID: l.last, Method: method, Arch: arch, Channel: koji.Ref{Name: "default"}, Created: l.now, Priority: koji.Some[int64](20),
	}
	k.Request.Package = fmt.Sprint("package", l.last)
	l.put(k, koji.TaskFree)
	return k
}

func (l *lab) put(k *koji.Task, s koji.TaskState) {
	k.State = s
	l.Observe(k, l.now)
}

func (l *lab) assign(k *koji.Task, host string) *koji.Task {
	k.Host.Name = host
	l.put(k, koji.TaskAssigned)
	return k
}

func (l *lab) open(k *koji.Task, host string) *koji.Task {
	l.assign(k, host)
	l.put(k, koji.TaskOpen)
	return k
}

func (l *lab) close(k *koji.Task) { l.put(k, koji.TaskClosed) }
func (l *lab) fail(k *koji.Task)  { l.put(k, koji.TaskFailed) }
func (l *lab) free(k *koji.Task)  { k.Host = koji.Ref{}; l.put(k, koji.TaskFree) }

func (l *lab) pass(d time.Duration) { l.now = l.now.Add(d) }

// run has a task run on a host for a while.
func (l *lab) run(method, arch, host string, took time.Duration, end func(*koji.Task)) {
	k := l.open(l.task(method, arch), host)
	l.pass(took)
	end(k)
}

// want compares what a check finds with what is wanted: "" is nothing, else a part of the
// evidence of the only alert.
func (l *lab) want(evidence string) sentinel.Alert {
	l.t.Helper()
	got := l.Check(l.now)
	switch {
	case evidence == "" && len(got) == 0:
		return sentinel.Alert{}
	case evidence == "":
		l.t.Fatalf("unexpected: %+v", got)
	case len(got) != 1 || !strings.Contains(got[0].Evidence, evidence):
		l.t.Fatalf("got %+v, want one alert with %q", got, evidence)
	}
	return got[0]
}

func TestTaskOverdue(t *testing.T) {
	l := newLab(t, sentinel.TaskOverdue)
	k := l.open(l.task("buildArch", "x86_64"), "x1")
	l.silent[k.ID] = 20 * time.Minute
	l.pass(20 * time.Minute)
	l.want("") // 1 of 100 such tasks runs for 21 minutes
	l.pass(2 * time.Minute)
	l.silent[k.ID] = 5 * time.Minute
	l.want("") // its log grows
	l.silent[k.ID] = 12 * time.Minute
	if a := l.want("has run for 22 min on x1"); a.Subject != (sentinel.Subject{Task: k.ID}) || a.Severity != sentinel.Warning {
		t.Errorf("%+v", a)
	}
	l.want("") // it was said
	l.close(k)
	if a := l.want("has run for"); !a.Resolved {
		t.Errorf("not resolved at its end: %+v", a)
	}
}

func TestParentsAreNotOverdue(t *testing.T) {
	l := newLab(t, sentinel.TaskOverdue)
	parent := l.open(l.task("build", "noarch"), "x1")
	child := l.task("buildArch", "x86_64")
	child.Parent = parent.ID
	l.open(child, "x2")
	l.silent[parent.ID], l.silent[child.ID] = time.Hour, 0
	l.pass(time.Hour)
	l.want("")
}

func TestTaskFreed(t *testing.T) {
	l := newLab(t, sentinel.TaskFreed)
	k := l.task("buildArch", "x86_64")
	for range 3 {
		l.want("")
		l.open(k, "x1")
		l.pass(5 * time.Minute)
		l.free(k)
	}
	l.want("was given back to the queue 3 times")
}

func TestTaskWaiting(t *testing.T) {
	l := newLab(t, sentinel.TaskWaiting)
	passed := l.task("buildArch", "x86_64")
	urgent := l.task("buildArch", "x86_64")
	l.pass(3 * time.Minute)
	for range 4 {
		l.open(l.task("buildArch", "x86_64"), "x1")
		l.open(l.task("buildArch", "s390x"), "s1") // another queue
		l.pass(time.Minute)
	}
	urgent.Priority = koji.Some[int64](5)
	l.open(urgent, "x1") // it goes first by right
	l.want("")
	l.open(l.task("buildArch", "x86_64"), "x1")
	if a := l.want("while 5 tasks that came after it have started"); a.Subject.Task != passed.ID {
		t.Errorf("%+v", a)
	}
}

func TestQueueStalled(t *testing.T) {
	l := newLab(t, sentinel.QueueStalled)
	running := l.open(l.task("buildArch", "s390x"), "s1")
	l.run("buildArch", "s390x", "s2", time.Minute, l.close)
	l.task("buildArch", "s390x")
	l.pass(10 * time.Minute)
	l.want("") // s1 works: the queue explains the wait
	l.close(running)
	a := l.want("none of the 2 hosts that take such tasks works on anything")
	if a.Subject != (sentinel.Subject{Channel: "default", Arch: "s390x"}) || a.Severity != sentinel.Critical {
		t.Errorf("%+v", a)
	}
}

func TestUnknownArch(t *testing.T) {
	l := newLab(t, sentinel.QueueStalled)
	l.task("buildArch", "riscv64")
	l.pass(6 * time.Minute)
	l.want("no host was seen to take such tasks")
}

func TestHostFailing(t *testing.T) {
	l := newLab(t, sentinel.HostFailing)
	for i := range 30 {
		end := l.close
		if i%10 == 0 {
			end = l.fail
		}
		l.run("buildArch", "x86_64", fmt.Sprint("x", i%3), time.Minute, end)
	}
	for range 6 {
		l.want("")
		l.run("buildArch", "x86_64", "x7", time.Minute, l.fail)
	}
	l.run("buildArch", "x86_64", "x7", time.Minute, l.fail)
	if a := l.want("built on x7 7 have failed"); a.Subject.Host != "x7" {
		t.Errorf("%+v", a)
	}
}

// TestOnePackageFails checks that a package that is built again and again, and fails each
// time, is not blamed on its host.
func TestOnePackageFails(t *testing.T) {
	l := newLab(t, sentinel.HostFailing, sentinel.TargetFailing)
	for range 30 {
		l.run("buildArch", "x86_64", "x1", time.Minute, l.close)
	}
	for range 12 {
		k := l.task("buildArch", "x86_64")
		k.Request.Package = "broken"
		l.open(k, "x7")
		l.fail(k)
	}
	l.want("")
}

func TestHostSlow(t *testing.T) {
	l := newLab(t, sentinel.HostSlow)
	for i := range 12 {
		slow := l.open(l.task("buildArch", "x86_64"), "x7")
		for _, host := range []string{"x1", "x2"} {
			l.run("buildArch", "x86_64", host, time.Duration(9+i%3)*time.Minute, l.close)
		}
		l.pass(10 * time.Minute)
		l.close(slow)
	}
	if a := l.want("tasks on x7 took 3."); a.Subject.Host != "x7" {
		t.Errorf("%+v", a)
	}
}

// TestAllSlow checks that no host is blamed when everything takes longer.
func TestAllSlow(t *testing.T) {
	l := newLab(t, sentinel.HostSlow)
	for range 12 {
		for _, host := range []string{"x1", "x2", "x3"} {
			l.run("buildArch", "x86_64", host, 30*time.Minute, l.close)
		}
	}
	l.want("")
}

func TestHostSilent(t *testing.T) {
	tests := []struct {
		name string
		do   func(l *lab)
		want string
	}{
		{"begins nothing", func(l *lab) {
			l.assign(l.task("buildArch", "x86_64"), "x1")
			l.pass(4 * time.Minute)
		}, "was assigned to x1 4 min ago and has not begun"},
		{"has just been given a task", func(l *lab) {
			l.assign(l.task("buildArch", "x86_64"), "x1")
			l.pass(2 * time.Minute)
		}, ""},
		{"ends nothing", func(l *lab) {
			for range 3 {
				l.open(l.task("buildArch", "x86_64"), "x1")
			}
			l.pass(25 * time.Minute)
		}, "All 3 tasks that run on x1"},
		{"ends some", func(l *lab) {
			k := l.open(l.task("buildArch", "x86_64"), "x1")
			for range 3 {
				l.open(l.task("buildArch", "x86_64"), "x1")
			}
			l.pass(25 * time.Minute)
			l.close(k)
		}, ""},
		{"loses its tasks", func(l *lab) {
			var all []*koji.Task
			for range 3 {
				all = append(all, l.open(l.task("buildArch", "x86_64"), "x1"))
			}
			l.pass(time.Minute)
			for _, k := range all {
				l.free(k)
			}
		}, "3 tasks were taken back from x1"},
		{"loses one", func(l *lab) { l.free(l.open(l.task("buildArch", "x86_64"), "x1")) }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, sentinel.HostSilent)
			tt.do(l)
			l.want(tt.want)
		})
	}
}

func TestTargetFailing(t *testing.T) {
	l := newLab(t, sentinel.TargetFailing)
	build := func(end func(*koji.Task)) {
		k := l.task("build", "noarch")
		k.Request.Target.Name = "f44"
		l.open(k, "x1")
		end(k)
	}
	for i := range 60 {
		if i%20 == 0 {
			build(l.fail)
			continue
		}
		build(l.close)
	}
	for range 5 {
		l.want("")
		build(l.fail)
	}
	build(l.fail)
	if a := l.want("packages built for f44"); a.Subject != (sentinel.Subject{Target: "f44"}) {
		t.Errorf("%+v", a)
	}
	for range 12 {
		build(l.close)
	}
	l.want("")
	l.pass(11 * time.Minute)
	if a := l.want("f44"); !a.Resolved {
		t.Errorf("%+v", a)
	}
}

func TestRepoStale(t *testing.T) {
	l := newLab(t, sentinel.RepoStale)
	regen := func(end func(*koji.Task)) {
		k := l.task("newRepo", "noarch")
		k.Request.Tag.Name = "f44-build"
		l.open(k, "x1")
		end(k)
	}
	for _, end := range []func(*koji.Task){l.fail, l.fail, l.close, l.fail, l.fail} {
		regen(end)
		l.want("")
	}
	regen(l.fail)
	l.want("The last 3 tasks that should make the repository of f44-build have failed")
}

func TestBuildsWaitForARepo(t *testing.T) {
	l := newLab(t, sentinel.RepoStale)
	k := l.task("waitrepo", "noarch")
	k.Request.Tag.Name = "f44-build"
	l.open(k, "x1")
	l.pass(30 * time.Minute)
	l.want("")
	l.pass(31 * time.Minute)
	l.want("1 tasks wait for a new repository of f44-build, the first for 1 h 1 min")
}

// TestFlapping checks that what comes and goes is one alert.
func TestFlapping(t *testing.T) {
	l := newLab(t, sentinel.HostSilent)
	for i := range 5 {
		k := l.assign(l.task("buildArch", "x86_64"), "x1")
		l.pass(4 * time.Minute)
		if i == 0 {
			l.want("was assigned to x1")
		} else {
			l.want("")
		}
		l.free(k)
		l.want("")
		l.pass(time.Minute)
	}
	l.pass(15 * time.Minute)
	if a := l.want("x1"); !a.Resolved || a.Until.Before(a.Since) {
		t.Errorf("%+v", a)
	}
	if all := l.Firing(); len(all) != 0 {
		t.Errorf("still firing: %+v", all)
	}
}

// TestOnlyWanted checks that kinds that were not asked for are not reported.
func TestOnlyWanted(t *testing.T) {
	l := newLab(t)
	l.assign(l.task("buildArch", "x86_64"), "x1")
	l.pass(time.Hour)
	l.want("")
}

// TestOddEvents checks that late and repeated events do no harm.
func TestOddEvents(t *testing.T) {
	l := newLab(t, sentinel.Kinds()...)
	k := l.open(l.task("buildArch", "x86_64"), "x1")
	l.close(k)
	l.put(k, koji.TaskOpen) // it was overtaken
	l.put(&koji.Task{ID: 4711}, koji.TaskClosed)
	l.put(&koji.Task{}, koji.TaskOpen)
	l.now = l.now.Add(-24 * time.Hour) // a clock that jumps
	l.open(l.task("buildArch", "x86_64"), "")
	l.pass(24 * time.Hour)
	l.want("")
}

// TestRestore: an alert that was firing does not begin anew, and ends.
func TestRestore(t *testing.T) {
	before := newLab(t, sentinel.TaskFreed)
	k := before.task("buildArch", "x86_64")
	freed := func(l *lab) {
		for range 3 {
			l.open(k, "host")
			l.free(k)
		}
	}
	freed(before)
	if begun := before.Check(before.now); len(begun) != 1 || begun[0].Subject.Task != k.ID {
		t.Fatalf("got %+v", begun)
	}
	after := newLab(t, sentinel.TaskFreed)
	after.last = before.last
	after.Restore(before.Firing())
	after.put(k, koji.TaskFree)
	freed(after)
	if begun := after.Check(after.now); len(begun) != 0 || len(after.Firing()) != 1 {
		t.Errorf("after a restart got %+v", begun)
	}
	after.close(k)
	if ended := after.Check(after.now); len(ended) != 1 || !ended[0].Resolved || !ended[0].Since.Equal(before.now) {
		t.Errorf("in the end got %+v", ended)
	}
}

func TestSubjects(t *testing.T) {
	for want, s := range map[string]sentinel.Subject{
		"5": {Task: 5}, "buildvm-07": {Host: "buildvm-07"}, "default/s390x": {Channel: "default", Arch: "s390x"}, "": {},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
