package queue_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

const hour = time.Hour

// TestExpect goes through what a waiting task can meet. Times are from now.
func TestExpect(t *testing.T) {
	one := []queue.Host{hostOf(1, 1.5, "x86_64", builders)}
	for _, tt := range []struct {
		name   string
		hosts  []queue.Host
		tasks  []koji.Task
		ask    koji.Task
		want   time.Duration // to within a minute; 0: there is no time
		ahead  int
		reason string
	}{
		{
			name: "an idle host", hosts: one, ask: free(9, "x86_64"),
			want: 15 * time.Second, reason: "waits for the next round of the scheduler",
		},
		{
			name: "noarch goes anywhere", hosts: one, ask: free(9, "noarch"),
			want: 15 * time.Second, reason: "waits for the next round of the scheduler",
		},
		{
			name: "a full channel", hosts: one, tasks: []koji.Task{open(1, 1, "x86_64", hour/2)}, ask: free(9, "x86_64"),
			want: hour / 2, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "behind one more", hosts: one, tasks: []koji.Task{open(1, 1, "x86_64", hour/2), free(2, "x86_64")}, ask: free(9, "x86_64"),
			want: hour/2 + hour*3/2, ahead: 1, reason: "channel default is full for x86_64: 1 task ahead",
		},
		{
			name: "before those that came later", hosts: one, tasks: []koji.Task{open(1, 1, "x86_64", hour/2), free(10, "x86_64")}, ask: free(9, "x86_64"),
			want: hour / 2, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "before those of lower priority", hosts: one,
			tasks: []koji.Task{open(1, 1, "x86_64", hour/2), priority(free(2, "x86_64"), 25)}, ask: free(9, "x86_64"),
			want: hour / 2, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "others' arches do not stand in the way", hosts: append(one, hostOf(2, 1.5, "s390x", builders)),
			tasks: []koji.Task{open(1, 1, "x86_64", hour/2), free(2, "x86_64")}, ask: free(9, "s390x"),
			want: 15 * time.Second, reason: "waits for the next round of the scheduler",
		},
		{
			name: "a waiting parent holds no place", hosts: one,
			tasks: []koji.Task{waiting(open(1, 1, "x86_64", hour/2))}, ask: free(9, "x86_64"),
			want: 15 * time.Second, reason: "waits for the next round of the scheduler",
		},
		{
			name: "an assigned task holds one", hosts: []queue.Host{hostOf(1, 1, "x86_64", builders)}, tasks: []koji.Task{assigned(free(1, "x86_64"), 1)}, ask: free(9, "x86_64"),
			want: hour, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "what is overdue does not end at once", hosts: one, tasks: []koji.Task{open(1, 1, "x86_64", 4*hour)}, ask: free(9, "x86_64"),
			want: hour, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "maxjobs", hosts: []queue.Host{maxJobs(hostOf(1, 100, "x86_64", builders), 1)},
			tasks: []koji.Task{waiting(open(1, 1, "x86_64", hour/2))}, ask: free(9, "x86_64"),
			want: hour / 2, reason: "channel default is full for x86_64: it is next",
		},
		{
			name: "assigned", hosts: one, ask: assigned(free(9, "x86_64"), 1),
			want: 15 * time.Second, reason: "its host has not picked it up yet",
		},
		{name: "no such arch", hosts: one, ask: free(9, "s390x"), reason: "no enabled host for arch s390x in channel default"},
		{
			name: "a disabled host", hosts: []queue.Host{disabled(hostOf(1, 2, "x86_64", builders))}, ask: free(9, "x86_64"),
			reason: "no enabled host for arch x86_64 in channel default",
		},
		{
			name: "a host that is not ready", hosts: []queue.Host{unready(hostOf(1, 2, "x86_64", builders))}, ask: free(9, "x86_64"),
			reason: "no host for arch x86_64 in channel default is ready",
		},
		{
			name: "a host without capacity", hosts: []queue.Host{hostOf(1, 0, "x86_64", builders)}, ask: free(9, "x86_64"),
			reason: "no host for arch x86_64 in channel default has any capacity",
		},
		{
			name: "a host of another channel", hosts: []queue.Host{hostOf(1, 2, "x86_64", images)}, ask: free(9, "x86_64"),
			reason: "no enabled host for arch x86_64 in channel default",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := queue.New(runs(hour))
			load(m, tt.hosts, tt.tasks...)
			got, ok := m.Expect(&tt.ask, now)
			if !ok || got.Reason.String() != tt.reason || got.Ahead != tt.ahead {
				t.Fatalf("%v, %+v, want %d ahead and %q", ok, got, tt.ahead, tt.reason)
			}
			if got.Known() != (tt.want != 0) {
				t.Fatalf("the time is %v", got.Likely)
			}
			if in := got.Likely.Sub(now); got.Known() && (in-tt.want).Abs() > time.Minute {
				t.Errorf("starts in %v, want %v", in, tt.want)
			}
		})
	}
}

func priority(t koji.Task, p int64) koji.Task {
	t.Priority = koji.Some(p)
	return t
}

func waiting(t koji.Task) koji.Task {
	t.Waiting = koji.Some(true)
	return t
}

func assigned(t koji.Task, host int64) koji.Task {
	t.State, t.Host.ID = koji.TaskAssigned, host
	return t
}

func maxJobs(h queue.Host, n int) queue.Host {
	h.MaxJobs = n
	return h
}

func disabled(h queue.Host) queue.Host {
	h.Enabled = koji.Some(false)
	return h
}

func unready(h queue.Host) queue.Host {
	h.Ready = koji.Some(false)
	return h
}

// TestDisabledChannel says so.
func TestDisabledChannel(t *testing.T) {
	m := queue.New(nil)
	m.Load(&queue.Snapshot{
		At: now, Hosts: []queue.Host{hostOf(1, 2, "x86_64", builders)},
		Channels: []koji.Channel{{ID: builders, Name: "default", Enabled: koji.Some(false)}},
	})
	ask := free(9, "x86_64")
	if got, ok := m.Expect(&ask, now); !ok || got.Known() || got.Reason.String() != "channel default is disabled" {
		t.Errorf("%v, %+v", ok, got)
	}
}

// TestNotWaiting has nothing to say of tasks that run or have ended.
func TestNotWaiting(t *testing.T) {
	m := queue.New(nil)
	for _, s := range []koji.TaskState{koji.TaskUnknown, koji.TaskOpen, koji.TaskClosed, koji.TaskFailed, koji.TaskCanceled} {
		if got, ok := m.Expect(&koji.Task{ID: 1, State: s}, now); ok {
			t.Errorf("%v: %+v", s, got)
		}
	}
}
