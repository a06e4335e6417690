package campaign

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// story tells a set of events, one minute after the other.
type story struct {
	*Set
	now time.Time
}

func newStory(t testing.TB, d Definition) *story {
	t.Helper()
	s := &story{now: noon}
	s.Set = NewSet(Options{Now: func() time.Time { return s.now }})
	d.Name = "mass-rebuild"
	if err := s.Start(d); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *story) report(t testing.TB) *Report {
	t.Helper()
	r, err := s.Report("mass-rebuild")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// task tells of the task that builds a package.
func (s *story) task(id int64, pkg string, from, to koji.TaskState) *event.Event {
	s.now = s.now.Add(time.Minute)
	t := &koji.Task{
		ID: id, Method: "build", State: to, Owner: koji.Ref{Name: "releng"}, Created: s.now,
		Request: koji.Request{Package: pkg, Target: koji.Ref{Name: "f44-rebuild"}},
	}
	e := &event.Event{Type: event.TaskStateChange, ReceivedAt: s.now, Old: from.String(), New: to.String(), Task: t}
	s.Observe(e)
	return e
}

// arch tells of the work for one arch.
func (s *story) arch(id, parent int64, arch string, from, to koji.TaskState) {
	s.now = s.now.Add(time.Minute)
	s.Observe(&event.Event{
		Type: event.TaskStateChange, ReceivedAt: s.now, Old: from.String(), New: to.String(),
		Task: &koji.Task{ID: id, Parent: parent, Method: "buildArch", State: to, Request: koji.Request{Arch: arch}},
	})
}

const (
	none     = koji.TaskUnknown
	free     = koji.TaskFree
	open     = koji.TaskOpen
	closed   = koji.TaskClosed
	failed   = koji.TaskFailed
	canceled = koji.TaskCanceled
)

func TestCounts(t *testing.T) {
	s := newStory(t, Definition{Targets: []string{"f44-rebuild"}, Packages: []string{"bash", "gcc", "kernel", "vim", "zsh"}})
	s.task(1, "bash", none, free)
	s.task(2, "gcc", none, free)
	s.task(2, "gcc", free, open)
	s.arch(20, 2, "x86_64", free, open)
	s.arch(21, 2, "aarch64", none, free)
	s.opts.Estimates = overdue{}
	s.task(3, "kernel", none, open)
	s.task(3, "kernel", open, closed)
	s.task(4, "vim", none, open)
	s.task(4, "vim", open, canceled)
	s.task(5, "emacs", none, open) // is not on the list
	r := s.report(t)
	if want := (Counts{ToDo: 1, Waiting: 1, Running: 1, Done: 1, Failed: 1}); r.Counts != want || r.Total != 5 || r.Percent != 40 || !r.Listed {
		t.Errorf("got %+v of %d, %d %%", r.Counts, r.Total, r.Percent)
	}
	if want := map[string]Counts{"x86_64": {Running: 1}, "aarch64": {Waiting: 1}}; !reflect.DeepEqual(r.Arches, want) {
		t.Errorf("the arches are %v", r.Arches)
	}
	if want := map[string]Counts{"releng": {Waiting: 1, Running: 1, Done: 1, Failed: 1}}; !reflect.DeepEqual(r.Owners, want) {
		t.Errorf("the owners are %v", r.Owners)
	}
	if len(r.Slowest) != 1 || r.Slowest[0].Name != "gcc" || r.Slowest[0].Task != 2 {
		t.Errorf("the slowest are %v", r.Slowest)
	}
	if !reflect.DeepEqual(r.Overdue, r.Slowest) {
		t.Errorf("overdue are %v", r.Overdue)
	}
}

// overdue says that every task is.
type overdue struct{}

func (overdue) Task(int64, time.Time) Estimate { return Estimate{Overdue: true} }
func (overdue) Package(string) time.Duration   { return 0 }

// TestRetry: a package that failed and then succeeded is done, whatever is told of the
// attempt before, and so it stays.
func TestRetry(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"bash"}})
	s.task(1, "bash", none, open)
	s.task(1, "bash", open, failed)
	if r := s.report(t); r.Failed != 1 || r.Percent != 100 {
		t.Errorf("after the failure: %+v", r.Counts)
	}
	s.task(2, "bash", none, free)
	s.task(2, "bash", free, open)
	s.task(1, "bash", open, failed) // comes late
	if r := s.report(t); r.Running != 1 || r.Retried != 1 || len(r.Failures) != 0 {
		t.Errorf("while it is tried again: %+v", r)
	}
	s.task(2, "bash", open, closed)
	s.task(3, "bash", none, open)
	s.task(3, "bash", open, failed)
	if r := s.report(t); r.Done != 1 || r.Total != 1 {
		t.Errorf("in the end: %+v", r.Counts)
	}
}

func TestFailures(t *testing.T) {
	s := newStory(t, Definition{Targets: []string{"f44-*"}})
	for i, kind := range []string{"compile", "dependency", "compile", ""} {
		id, pkg := int64(i+1), fmt.Sprint("pkg", i)
		s.task(id, pkg, none, open)
		e := s.task(id, pkg, open, failed)
		if kind != "" { // of which another sink asked
			e.Failure = &event.Failure{Kind: kind}
			s.Observe(e)
		}
	}
	want := []Failures{{"compile", 2, []string{"pkg0", "pkg2"}}, {"dependency", 1, []string{"pkg1"}}, {KindUnknown, 1, []string{"pkg3"}}}
	if got := s.report(t).Failures; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestMembers(t *testing.T) {
	of := func(name, owner, target string, created time.Time) *event.Event {
		return &event.Event{Type: event.TaskStateChange, Task: &koji.Task{
			ID: 1, Method: "build", State: open, Owner: koji.Ref{Name: owner}, Created: created,
			Request: koji.Request{Package: name, NVR: name + "-1-1", Target: koji.Ref{Name: target}},
		}}
	}
	bash := of("bash", "alice", "f44", noon.Add(time.Hour))
	for name, tt := range map[string]struct {
		Definition
		want bool
	}{
		"its target":           {Definition{Targets: []string{"f44"}}, true},
		"a pattern of targets": {Definition{Targets: []string{"f3*", "f4?"}}, true},
		"another target":       {Definition{Targets: []string{"f45"}}, false},
		"the target as tag":    {Definition{Tags: []string{"f44"}}, true},
		"another tag":          {Definition{Tags: []string{"f45"}}, false},
		"its owner":            {Definition{Owners: []string{"alice"}}, true},
		"another owner":        {Definition{Owners: []string{"bob"}, Targets: []string{"f44"}}, false},
		"its NVR":              {Definition{NVRs: []string{"bash-1-1"}}, true},
		"a pattern of NVRs":    {Definition{NVRs: []string{"bash-1-*"}}, true},
		"another NVR":          {Definition{NVRs: []string{"bash-1-2"}}, false},
		"a pattern of names":   {Definition{Packages: []string{"ba*"}}, true},
		"too early":            {Definition{Targets: []string{"f44"}, Since: noon.Add(2 * time.Hour)}, false},
		"too late":             {Definition{Targets: []string{"f44"}, Since: noon, Until: noon.Add(time.Minute)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tt.Name = "x"
			if err := tt.Check(); err != nil {
				t.Fatal(err)
			}
			c := New(tt.Definition, noon)
			if got := c.Observe(bash, noon); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for name, d := range map[string]Definition{
		"without a name":      {Targets: []string{"f44"}},
		"a path":              {Name: "../x", Targets: []string{"f44"}},
		"everything":          {Name: "x"},
		"a broken pattern":    {Name: "x", Targets: []string{"["}},
		"an empty name":       {Name: "x", Packages: []string{""}},
		"a name without end":  {Name: "x", Packages: []string{strings.Repeat("x", 1000)}},
		"an end before":       {Name: "x", Targets: []string{"f44"}, Since: noon, Until: noon},
		"too many of a thing": {Name: "x", Packages: make([]string, MaxNames+1)},
	} {
		t.Run(name, func(t *testing.T) {
			if d.Check() == nil {
				t.Error("it is taken for sound")
			}
		})
	}
}

// TestNVRs: what is known of a package from before is known of its NVRs.
func TestNVRs(t *testing.T) {
	s := newStory(t, Definition{NVRs: []string{"python3-3.14.0-1.fc44", "odd"}})
	known := asked{}
	s.opts.Estimates = known
	s.report(t)
	if !known["python3"] || !known["odd"] || len(known) != 2 {
		t.Errorf("it was asked for %v", known)
	}
}

// asked notes which packages it is asked for.
type asked map[string]bool

func (a asked) Task(int64, time.Time) Estimate { return Estimate{} }
func (a asked) Package(name string) time.Duration {
	a[name] = true
	return 0
}

// TestBuilds: builds of whose tasks nothing was heard, and those that are tagged, count too.
func TestBuilds(t *testing.T) {
	s := newStory(t, Definition{Tags: []string{"f44-side"}, Packages: []string{"bash", "gcc", "zsh", "vim"}})
	build := func(id int64, name, target string, state koji.BuildState) {
		s.Observe(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: id, Name: name, TaskID: id, Target: target, State: state}})
	}
	build(1, "bash", "f44-side", koji.BuildBuilding)
	build(2, "gcc", "f44-side", koji.BuildFailed)
	build(3, "zsh", "f45", koji.BuildComplete)
	s.Observe(&event.Event{Type: event.Tag, Tag: koji.Ref{Name: "f44-side"}, Build: &koji.Build{ID: 9, Name: "vim"}})
	s.Observe(&event.Event{Type: event.Tag, Tag: koji.Ref{Name: "f45"}, Build: &koji.Build{ID: 9, Name: "zsh"}})
	if got, want := s.report(t).Counts, (Counts{ToDo: 1, Running: 1, Failed: 1, Done: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSet(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"bash"}})
	again := Definition{Name: "mass-rebuild", Packages: []string{"zsh"}}
	if err := s.Start(again); !errors.Is(err, ErrExists) {
		t.Errorf("started twice: %v", err)
	}
	if err := s.Stop("other"); !errors.Is(err, ErrUnknown) {
		t.Errorf("stopped what there is not: %v", err)
	}
	if _, err := s.Report("other"); !errors.Is(err, ErrUnknown) {
		t.Errorf("asked for what there is not: %v", err)
	}
	if err := s.Stop("mass-rebuild"); err != nil {
		t.Fatal(err)
	}
	s.task(1, "bash", none, open)
	if r := s.report(t); r.ToDo != 1 || r.StoppedAt.IsZero() {
		t.Errorf("after it was stopped: %+v", r)
	}
	if err := s.Start(again); err != nil {
		t.Errorf("started anew: %v", err)
	}
	for i := range maxCampaigns - 1 {
		if err := s.Start(Definition{Name: fmt.Sprint("c", i), Targets: []string{"f44"}}); err != nil {
			t.Fatal(err)
		}
	}
	more := Definition{Name: "more", Targets: []string{"f44"}}
	if err := s.Start(more); !errors.Is(err, ErrMany) {
		t.Errorf("one too many: %v", err)
	}
	if err := errors.Join(s.Stop("c3"), s.Start(more)); err != nil {
		t.Error(err)
	}
	if n := len(s.Reports()); n != maxCampaigns {
		t.Errorf("%d campaigns", n)
	}
}

// TestRestart: what is written down is all there is, in whatever state the campaign is, and
// goes on as before.
func TestRestart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &story{now: noon}
		s.Set = NewSet(Options{Now: func() time.Time { return s.now }})
		if err := s.Start(Definition{Name: "mass-rebuild", Packages: []string{"bash", "gcc", "zsh"}}); err != nil {
			t.Fatal(err)
		}
		states := []koji.TaskState{free, koji.TaskAssigned, open, closed, failed, canceled}
		tell := func(to *Set) {
			for range rapid.IntRange(0, 20).Draw(t, "events") {
				s.Set = to
				s.task(rapid.Int64Range(1, 5).Draw(t, "id"), rapid.SampledFrom([]string{"bash", "gcc", "zsh"}).Draw(t, "package"), none, rapid.SampledFrom(states).Draw(t, "state"))
				s.arch(rapid.Int64Range(6, 8).Draw(t, "arch id"), rapid.Int64Range(1, 5).Draw(t, "parent"), "x86_64", none, rapid.SampledFrom(states).Draw(t, "arch state"))
			}
		}
		before := s.Set
		tell(before)
		var text bytes.Buffer
		if err := before.Write(&text); err != nil {
			t.Fatal(err)
		}
		after := NewSet(before.opts)
		if err := after.Read(bytes.NewReader(text.Bytes())); err != nil {
			t.Fatal(err)
		}
		e := s.task(9, "zsh", none, open)
		before.Observe(e)
		after.Observe(e)
		a, err := before.Report("mass-rebuild")
		b, err2 := after.Report("mass-rebuild")
		if err != nil || err2 != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%v, %v: before\n%+v\nafter\n%+v", err, err2, a, b)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format":1,"campaigns":[{"definition":{"name":"x","targets":["f44"]},"items":[{"key":"bash","state":2}]}]}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"format":1,"campaigns":[{"definition":{"name":"x","targets":["f44"]},"items":[null]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := NewSet(Options{Now: func() time.Time { return noon }})
		if err := s.Read(bytes.NewReader(text)); err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		for _, r := range s.Reports() {
			if _, err := s.Report(r.Name); err != nil {
				t.Fatal(err)
			}
		}
	})
}
