package board

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// story makes the events of a build system, one second after the other.
type story struct {
	b  *Board
	at time.Time
	n  int
}

func newStory(o Options) *story {
	s := &story{at: noon}
	if o.Now == nil {
		o.Now = func() time.Time { return s.at }
	}
	s.b = New(o)
	return s
}

func (s *story) task(id, parent int64, method, arch string, from, to koji.TaskState) *event.Event {
	s.at, s.n = s.at.Add(time.Second), s.n+1
	t := &koji.Task{
		ID: id, Parent: parent, Method: method, State: to, Label: arch, Owner: koji.Ref{Name: "alice"}, Channel: koji.Ref{ID: 3, Name: "default"},
		Created: noon, Request: koji.Request{Package: "bash", Arch: arch, Target: koji.Ref{Name: "f44"}},
	}
	if to != koji.TaskFree && to != koji.TaskAssigned {
		t.Started = noon.Add(time.Minute)
	}
	if to.Final() {
		t.Ended = s.at
	}
	return &event.Event{ID: fmt.Sprint("event ", s.n), Type: event.TaskStateChange, ReceivedAt: s.at, Old: from.String(), New: to.String(), Task: t}
}

func (s *story) tell(id, parent int64, method, arch string, from, to koji.TaskState) {
	s.b.Observe(s.task(id, parent, method, arch, from, to))
}

// now returns the snapshot after all that was told.
func (s *story) now() *Snapshot {
	s.b.publish()
	snapshot, _ := s.b.Snapshot()
	return snapshot
}

const (
	none     = koji.TaskUnknown
	free     = koji.TaskFree
	open     = koji.TaskOpen
	closed   = koji.TaskClosed
	failed   = koji.TaskFailed
	assigned = koji.TaskAssigned
)

// aBuild tells of a build on two arches, of which one fails.
func aBuild(s *story) {
	s.tell(1, 0, "build", "", none, free)
	s.tell(1, 0, "build", "", free, open)
	s.tell(2, 1, "buildArch", "x86_64", none, free)
	s.tell(3, 1, "buildArch", "aarch64", none, free)
	s.tell(2, 1, "buildArch", "x86_64", free, open)
	s.tell(3, 1, "buildArch", "aarch64", free, open)
}

func keys(entries []*Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Key)
	}
	return strings.Join(all, " ")
}

func TestBuild(t *testing.T) {
	s := newStory(Options{})
	aBuild(s)
	snapshot := s.now()
	e := snapshot.Entry("task/1")
	if e == nil || keys(snapshot.Live) != "task/1" || e.State != Running || len(e.Arches()) != 2 || e.Owner != "alice" {
		t.Fatalf("the build reads %+v", e)
	}
	why := s.task(3, 1, "buildArch", "aarch64", open, failed)
	why.Failure = &event.Failure{Line: "error: 'POOL_MAX' undeclared"}
	s.b.Observe(why)
	s.tell(1, 0, "build", "", open, failed)
	after := s.now()
	if f := after.Entry("task/1"); len(after.Live) > 0 || keys(after.Ended) != "task/1" || f.Cause != "buildArch for aarch64 failed: error: 'POOL_MAX' undeclared" {
		t.Errorf("the failed build reads %+v", f)
	}
	if e.State != Running || after.Version <= snapshot.Version {
		t.Error("the first snapshot has changed, or the second is no newer one")
	}
}

func TestQueue(t *testing.T) {
	s := newStory(Options{})
	aBuild(s)
	s.tell(4, 0, "build", "", none, free)
	want := []QueueRow{
		{Channel: "default", Arch: "aarch64", Running: 1}, {Channel: "default", Arch: "noarch", Waiting: 1}, {Channel: "default", Arch: "x86_64", Running: 1},
	}
	if got := s.now().Queue; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestFreePlace: where nothing waits, the queue tells when a task that came now would start.
func TestFreePlace(t *testing.T) {
	s := newStory(Options{})
	aBuild(s)
	s.now()
	for _, at := range []time.Time{noon, noon, noon.Add(time.Hour)} {
		s.b.model.estimate(follows{}, at)
		for _, q := range s.now().Queue {
			if want := at.Add(time.Minute); q.Arch == "x86_64" && !q.NextStart.Equal(want) || q.Arch != "x86_64" && !q.NextStart.IsZero() {
				t.Errorf("at %s: got %+v", at, q)
			}
		}
	}
}

// TestChildFirst: a task that comes before its parent stands alone until that comes.
func TestChildFirst(t *testing.T) {
	s := newStory(Options{})
	s.tell(2, 1, "buildArch", "x86_64", none, free)
	if got := keys(s.now().Live); got != "task/2" {
		t.Errorf("before the parent: %s", got)
	}
	s.tell(1, 0, "build", "", none, open)
	if got := keys(s.now().Live); got != "task/1" {
		t.Errorf("after it: %s", got)
	}
}

// TestTags: a build's record and its tags belong to the entry of its task.
func TestTags(t *testing.T) {
	s := newStory(Options{})
	build := &koji.Build{ID: 7, NVR: "bash-5-1", Name: "bash", TaskID: 1, State: koji.BuildComplete}
	s.b.Observe(&event.Event{ID: "b", Type: event.BuildStateChange, Build: build})
	if got := keys(s.now().Ended); got != "build/7" {
		t.Errorf("before the task: %s", got)
	}
	s.tell(1, 0, "build", "", none, closed)
	for i, x := range []struct {
		event.Type
		tag string
	}{{event.Tag, "f44"}, {event.Tag, "f44-updates"}, {event.Untag, "f44"}} {
		s.b.Observe(&event.Event{ID: fmt.Sprint("t", i), Type: x.Type, Build: build, Tag: koji.Ref{Name: x.tag}})
	}
	snapshot := s.now()
	if got := snapshot.Entry("task/1"); keys(snapshot.Ended) != "task/1" || got.Name != "bash-5-1" || !slices.Equal(got.Tags(), []string{"f44-updates"}) {
		t.Errorf("%s: %+v", keys(snapshot.Ended), got)
	}
}

// TestAnyOrder: in whatever order and however often the events of a task come, for several
// sinks get them, it has ended in the end.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(Options{})
		events := []*event.Event{
			s.task(1, 0, "build", "", none, free), s.task(1, 0, "build", "", free, assigned), s.task(1, 0, "build", "", assigned, open),
			s.task(1, 0, "build", "", open, closed),
		}
		for i, e := range rapid.Permutation(append(events, events...)).Draw(t, "events") {
			again := *e
			again.ID = fmt.Sprint(i) // as if the window of ids had passed
			again.ReceivedAt = again.ReceivedAt.Add(rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "late"))
			s.b.Observe(&again)
		}
		if got := s.now().Entry("task/1"); got == nil || got.State != Complete {
			t.Fatalf("it reads %+v", got)
		}
	})
}

// TestFreed: a task that is given back waits again, but one whose first event comes late
// does not.
func TestFreed(t *testing.T) {
	s := newStory(Options{})
	late := s.task(1, 0, "build", "", none, free)
	s.tell(1, 0, "build", "", free, open)
	late.ReceivedAt = s.at.Add(time.Hour)
	s.b.Observe(late)
	if got := s.now().Entry("task/1").State; got != Running {
		t.Errorf("after a late event: %s", got)
	}
	s.tell(1, 0, "build", "", open, free)
	if got := s.now().Entry("task/1").State; got != Waiting {
		t.Errorf("after it was freed: %s", got)
	}
}

// TestHostile: whatever ids and parents messages name, the board goes on, and its size is
// bounded by theirs.
func TestHostile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(Options{})
		id := rapid.Int64Range(-1, 12)
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			s.tell(id.Draw(t, "id"), id.Draw(t, "parent"), rapid.String().Draw(t, "method"), "", none, rapid.SampledFrom([]koji.TaskState{free, open, closed, failed, 77}).Draw(t, "state"))
			s.now()
		}
		snapshot := s.now()
		seen := map[int64]bool{}
		for _, e := range snapshot.All() {
			for _, n := range e.Tasks {
				if seen[n.ID] && n.Depth == 0 {
					t.Fatalf("task %d is there twice", n.ID)
				}
				seen[n.ID] = true
			}
		}
		s.b.model.expire(s.at.Add(30 * 24 * time.Hour))
		if left := s.now(); len(left.All()) > 0 {
			t.Fatalf("left after a month: %s", keys(left.All()))
		}
	})
}

func TestText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOfN(rapid.Byte(), 0, 3*maxText).Draw(t, "text"))
		if got := text(s); len(got) > 3*maxText || !utf8.ValidString(got) {
			t.Fatalf("%q became %q", s, got)
		}
	})
	if got := text(strings.Repeat("é", maxText)); len(got) > maxText || !strings.HasSuffix(got, "é…") {
		t.Errorf("got %q", got)
	}
	for _, address := range []string{"javascript:alert(1)", "data:text/html,x", "https://" + strings.Repeat("x", maxText), "//x"} {
		if got := webAddress(address); got != "" {
			t.Errorf("%s is taken for an address: %s", address, got)
		}
	}
}

// follows is an estimator that follows some tasks.
type follows map[int64]time.Time

func (f follows) Follows(id int64) bool { return !f[id].IsZero() }
func (f follows) Estimate(id int64, _ time.Time) Estimate {
	return Estimate{CompletionAt: f[id], Reason: "waits"}
}
func (f follows) FreePlace(channel int64, arch string, now time.Time) time.Time {
	if channel != 3 || arch != "x86_64" {
		return time.Time{}
	}
	return now.Add(time.Minute)
}

// TestGap: after events were dropped, what has ended meanwhile goes.
func TestGap(t *testing.T) {
	s := newStory(Options{Estimator: follows{2: noon.Add(time.Hour)}})
	s.b.Load([]koji.Task{{ID: 3, Method: "newRepo", State: open}}, s.at, false) // of which no event came
	s.tell(1, 0, "build", "", none, open)
	s.now()
	for range maxPending {
		s.tell(2, 0, "build", "", none, open)
	}
	s.tell(1, 0, "build", "", open, closed)
	if got := keys(s.now().All()); got != "task/3 task/2" || s.b.Dropped() != 1 {
		t.Errorf("the board has %s, and dropped %d", got, s.b.Dropped())
	}
}

// TestLoad: what the hub does not list any more has ended, but not what is newer.
func TestLoad(t *testing.T) {
	web, err := koji.NewWeb("https://koji.example.com/koji")
	if err != nil {
		t.Fatal(err)
	}
	s := newStory(Options{Web: web})
	s.tell(1, 0, "build", "", none, open)
	at := s.at.Add(time.Second)
	s.at = at
	s.tell(2, 0, "build", "", none, open)
	s.b.Load([]koji.Task{{ID: 3, Method: "newRepo", State: free}}, at, true)
	snapshot := s.now()
	if got := keys(snapshot.All()); got != "task/3 task/2" {
		t.Errorf("the board has %s", got)
	}
	if got := snapshot.Entry("task/3").URL; got != "https://koji.example.com/koji/taskinfo?taskID=3" {
		t.Errorf("its page is %s", got)
	}
}

func TestEstimates(t *testing.T) {
	f := follows{1: noon.Add(time.Hour)}
	s := newStory(Options{Estimator: f})
	s.tell(1, 0, "build", "", none, open)
	s.now()
	s.b.model.estimate(f, s.at)
	first := s.now()
	if e := first.Entry("task/1").Estimate(); !e.CompletionAt.Equal(f[1]) || e.Reason != "waits" {
		t.Errorf("the estimate is %+v", e)
	}
	s.b.model.estimate(f, s.at)
	if s.now() != first {
		t.Error("an estimate that is as before made another snapshot")
	}
}

func TestRuns(t *testing.T) {
	s := newStory(Options{})
	for i := range int64(2 * maxRuns) {
		e := s.task(i+1, 0, "build", "", free, open)
		e.Estimate = &event.Estimate{Duration: koji.Some(time.Hour), CompletionAt: noon}
		s.b.Observe(e)
		s.tell(i+1, 0, "build", "", open, closed)
		s.now()
	}
	runs := s.now().Runs("bash")
	if last := runs[len(runs)-1]; len(runs) != maxRuns || last.Task != 2*maxRuns || last.Predicted != time.Hour || last.Took <= 0 {
		t.Errorf("%d runs, the last %+v", len(runs), last)
	}
}

func TestFilter(t *testing.T) {
	s := newStory(Options{})
	aBuild(s)
	e := s.now().Entry("task/1")
	for query, want := range map[string]bool{
		"": true, "q=BASH": true, "q=zsh": false, "owner=alice": true, "owner=bob": false, "owner=bob&owner=ali*": true, "owner=[": false,
		"package=bash&target=f4?": true, "target=f45": false, "arch=aarch64": true, "arch=s390x": false, "state=running": true,
		"state=failed": false, "scratch=no": true, "scratch=yes": false, "scratch=perhaps": true, "tag=f44": false, "unknown=1": true,
		"owner=+": true, "owner=" + strings.Repeat("x", 200): true,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		f := ParseFilter(values)
		if f.Match(e) != want {
			t.Errorf("%q: want %v", query, want)
		}
		again, err := url.ParseQuery(f.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		if g := ParseFilter(again); g.Query().Encode() != f.Query().Encode() || g.Match(e) != want {
			t.Errorf("%q is another filter when it is read again: %q", query, f.Query())
		}
	}
}

func FuzzFilter(f *testing.F) {
	s := newStory(Options{})
	aBuild(s)
	e := s.now().Entry("task/1")
	f.Add("q=bash&owner=a*&arch=x86_64&scratch=no")
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query) // what can be read of it
		filter := ParseFilter(values)
		again, err := url.ParseQuery(filter.Query().Encode())
		if err != nil {
			t.Fatal(err)
		}
		if g := ParseFilter(again); g.Match(e) != filter.Match(e) {
			t.Errorf("%q and %q differ", query, filter.Query())
		}
	})
}

// TestRun: readers hear of a change, and what has ended is forgotten.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStory(Options{Now: time.Now})
		s.at = time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.b.Run(ctx); close(ended) }()
		_, changed := s.b.Snapshot()
		s.tell(1, 0, "build", "", none, closed)
		<-changed
		if snapshot, _ := s.b.Snapshot(); keys(snapshot.Ended) != "task/1" {
			t.Errorf("the board has %s", keys(snapshot.All()))
		}
		time.Sleep(keepEnded + time.Minute)
		synctest.Wait()
		if snapshot, _ := s.b.Snapshot(); len(snapshot.All()) > 0 {
			t.Errorf("after hours the board has %s", keys(snapshot.All()))
		}
		cancel()
		<-ended
	})
}

// TestLogDiffers: a log says something else if a reader would see that.
func TestLogDiffers(t *testing.T) {
	old := Log{Size: 1000, Share: 0.5, SilentFor: 6 * time.Minute}
	for name, c := range map[string]struct {
		now  Log
		want bool
	}{
		"the same":                 {old, false},
		"some bytes more":          {Log{1010, 0.505, 6*time.Minute + time.Second}, false},
		"more":                     {Log{1100, 0.55, 6 * time.Minute}, true},
		"silent for a minute more": {Log{1000, 0.5, 7 * time.Minute}, true},
		"it grows":                 {Log{1000, 0.5, time.Minute}, true},
		"unknown":                  {Log{}, true},
	} {
		if got := c.now.differs(old); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := (Log{SilentFor: 4 * time.Minute}).Silent(); got != 0 {
		t.Errorf("silent for %v, which is usual", got)
	}
}
