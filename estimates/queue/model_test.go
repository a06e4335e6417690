package queue_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// expect asks for a new task.
func expect(t *testing.T, m *queue.Model, arch string) queue.Start {
	t.Helper()
	ask := free(1000, arch)
	s, ok := m.Expect(&ask, now)
	if !ok {
		t.Fatal("nothing is known of the hosts")
	}
	return s
}

// TestObserve keeps a snapshot current.
func TestObserve(t *testing.T) {
	m := queue.New(runs(hour))
	running, queued := open(1, 1, "x86_64", hour/2), free(2, "x86_64")
	load(m, []queue.Host{hostOf(1, 1.5, "x86_64", builders)}, running)

	m.Observe(&queued, now)
	if s := expect(t, m, "x86_64"); s.Ahead != 1 {
		t.Fatalf("%+v", s)
	}
	done := running
	done.State, done.Ended = koji.TaskClosed, now
	m.Observe(&done, now)
	next := queued
	next.State, next.Host.ID = koji.TaskAssigned, 1
	m.Observe(&next, now)
	late := queued // comes again
	m.Observe(&running, now)
	m.Observe(&late, now)
	if s := expect(t, m, "x86_64"); s.Ahead > 1 || s.Likely.Sub(now) < 50*time.Minute {
		t.Fatalf("after the first is closed: %+v", s)
	}
	gone := queued
	gone.State = koji.TaskCanceled
	m.Observe(&gone, now)
	if s := expect(t, m, "x86_64"); s.Ahead != 0 || s.Likely.Sub(now) > time.Minute {
		t.Fatalf("after all is gone: %+v", s)
	}
}

// TestForget takes a task out of the queue whose end nobody has seen.
func TestForget(t *testing.T) {
	m := queue.New(runs(hour))
	load(m, []queue.Host{hostOf(1, 1.5, "x86_64", builders)}, open(1, 1, "x86_64", hour/2), free(2, "x86_64"))
	m.Forget(1)
	m.Forget(2)
	m.Forget(3) // it was never there
	if s := expect(t, m, "x86_64"); s.Ahead != 0 || s.Likely.Sub(now) > time.Minute {
		t.Errorf("%+v", s)
	}
	again := free(2, "x86_64")
	m.Observe(&again, now)
	if s := expect(t, m, "x86_64"); s.Ahead != 1 {
		t.Errorf("it does not come back: %+v", s)
	}
}

// TestRestart brings a task whose host died back into the queue, and no late message.
func TestRestart(t *testing.T) {
	m := queue.New(runs(hour))
	running := open(1, 1, "x86_64", hour/2)
	load(m, []queue.Host{hostOf(1, 1.5, "x86_64", builders)}, running)

	late := free(1, "x86_64")
	m.Observe(&late, now)
	if s := expect(t, m, "x86_64"); s.Ahead != 0 {
		t.Errorf("a message of before the start counted: %+v", s)
	}
	again := running
	again.State, again.Host = koji.TaskFree, koji.Ref{}
	m.Observe(&again, now)
	if s := expect(t, m, "x86_64"); s.Ahead != 1 {
		t.Errorf("the task does not wait again: %+v", s)
	}
}

// TestLearn finds out about hosts from where tasks run.
func TestLearn(t *testing.T) {
	m := queue.New(runs(hour))
	ask := free(1000, "x86_64")
	if s, ok := m.Expect(&ask, now); ok {
		t.Fatalf("of nothing comes %+v", s)
	}
	for id := range int64(4) {
		task := open(id+1, 7, "x86_64", hour/2)
		m.Observe(&task, now)
	}
	if s := expect(t, m, "x86_64"); s.Hosts != 1 || s.Likely.Sub(now) > time.Minute {
		t.Errorf("no task waits, yet the host is full: %+v", s)
	}
	queued := free(10, "x86_64")
	m.Observe(&queued, now)
	at := now.Add(3 * time.Minute)
	ask.Created = at
	if s, _ := m.Expect(&ask, at); s.Likely.Sub(at) < 25*time.Minute {
		t.Errorf("a task has waited for long, yet the host is not full: %+v", s)
	}
	done := open(1, 7, "x86_64", hour/2)
	done.State = koji.TaskClosed
	m.Observe(&done, at)
	queued.State = koji.TaskCanceled
	m.Observe(&queued, at)
	at = at.Add(time.Minute)
	ask.Created = at
	if s, _ := m.Expect(&ask, at); s.Likely.Sub(at) > time.Minute {
		t.Errorf("the place of a task that ended is not free: %+v", s)
	}
	other := free(1001, "s390x")
	if s, ok := m.Expect(&other, now); ok {
		t.Errorf("a host that nobody saw may be there: %+v", s)
	}
}

// TestOtherChannel takes the share of the hosts that others can use into account.
func TestOtherChannel(t *testing.T) {
	hosts := []queue.Host{hostOf(1, 1.5, "x86_64", builders, images), hostOf(2, 1.5, "x86_64", images)}
	ahead := free(2, "x86_64")
	ahead.Channel.ID = images
	m := queue.New(runs(hour))
	load(m, hosts, open(1, 1, "x86_64", hour/2), open(3, 2, "x86_64", hour/2), ahead)
	s := expect(t, m, "x86_64")
	if in := s.Likely.Sub(now); in < hour || in > 2*hour {
		t.Errorf("starts in %v: of the work ahead, half is for this host", in)
	}
}
