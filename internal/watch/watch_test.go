package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// answer is a build with a child per arch, in the given states.
func answer(id int64, at time.Time, state koji.TaskState, arches map[string]koji.TaskState) *live.Answer {
	n := &forecast.Node{Task: koji.Task{ID: id, Method: "build", State: state, Created: now, Started: now, Host: koji.Ref{Name: "buildvm-x86-01.example.com"}}}
	n.Task.Request.Package, n.Task.Request.Target.Name = "bash", "f44"
	if state.Final() {
		n.Task.Ended = at
	}
	for i, arch := range []string{"aarch64", "i686", "ppc64le", "s390x", "x86_64"} {
		s, there := arches[arch]
		if !there {
			continue
		}
		c := &forecast.Node{Task: koji.Task{ID: id + int64(i) + 1, Parent: id, Method: "buildArch", Label: arch, Arch: arch, State: s, Created: now}}
		if s != koji.TaskFree {
			c.Task.Started, c.Task.Host = now, koji.Ref{Name: "buildvm-" + arch + "-07.example.com"}
		}
		if s.Final() {
			c.Task.Ended = at
		}
		n.Children = append(n.Children, c)
	}
	past := &forecast.LastRuns{Average: 30 * time.Minute}
	f := forecast.Forecaster{Past: past, Now: at}
	f.Forecast(n, nil)
	return &live.Answer{Now: at, Node: n, Package: "bash", Target: "f44", Estimate: n.Estimate}
}

// looker tells one thing after the other, the last one for ever.
type looker struct {
	looks []look
	n     int
}

func (l *looker) Look(context.Context) ([]*live.Answer, error) {
	one := l.looks[min(l.n, len(l.looks)-1)]
	l.n++
	return one.answers, one.err
}

func story() *looker {
	at := func(d time.Duration) time.Time { return now.Add(d) }
	open, closed, free, failed := koji.TaskOpen, koji.TaskClosed, koji.TaskFree, koji.TaskFailed
	both := func(a, b *live.Answer) look {
		return look{answers: []*live.Answer{a, b}}
	}
	return &looker{looks: []look{
		both(answer(10, at(time.Minute), open, nil), answer(20, at(time.Minute), free, nil)),
		both(answer(10, at(5*time.Minute), open, map[string]koji.TaskState{"x86_64": open, "s390x": free}), answer(20, at(5*time.Minute), open, nil)),
		{err: errors.New("no route to \x1b[31mhost")},
		{err: errors.New("no route to \x1b[31mhost")},
		both(answer(10, at(9*time.Minute), open, map[string]koji.TaskState{"x86_64": closed, "s390x": open}), answer(20, at(9*time.Minute), failed, map[string]koji.TaskState{"i686": failed})),
		both(answer(10, at(30*time.Minute), closed, map[string]koji.TaskState{"x86_64": closed, "s390x": closed}), answer(20, at(9*time.Minute), failed, map[string]koji.TaskState{"i686": failed})),
	}}
}

func run(t *testing.T, r reader, o Options) (string, string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	var err error
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		o.Out, o.Err = &out, &errs
		o.Now = func() time.Time { return now.Add(time.Minute + time.Since(begin)) }
		err = Run(t.Context(), r, o)
	})
	return out.String(), errs.String(), err
}

// TestLines: in a pipe each change of a state is a line, and a lost hub ends nothing.
func TestLines(t *testing.T) {
	out, errs, err := run(t, story(), Options{Poll: time.Minute})
	golden.Check(t, filepath.Join("testdata", "lines.txt"), out+"---\n"+errs)
	failed, ok := errors.AsType[*FailedError](err)
	if !ok || failed.Error() != "task 20, build bash for f44: FAILED" {
		t.Errorf("got %v", err)
	}
	out, _, _ = run(t, story(), Options{Poll: time.Minute, JSON: true})
	golden.Check(t, filepath.Join("testdata", "lines.json"), out)
}

// TestScreen: on a terminal each picture replaces the last, also when the terminal has
// become narrower, and the hub is lost in the middle.
func TestScreen(t *testing.T) {
	for _, width := range []int{60, 100, 160} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			sizes := 0
			out, _, err := run(t, story(), Options{Poll: 2300 * time.Millisecond, Size: func() (int, int) {
				if sizes++; sizes > 9 {
					return width - 10, 24
				}
				return width, 24
			}})
			if !errors.As(err, new(*FailedError)) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(out, "\x1b[31m") {
				t.Error("an error reaches the terminal as it is")
			}
			golden.Check(t, filepath.Join("testdata", fmt.Sprintf("screen.%d.txt", width)), strings.ReplaceAll(out, "\x1b", "ESC"))
		})
	}
}

// TestEnded: the end of each task is told once, and that it could not be told ends nothing.
func TestEnded(t *testing.T) {
	var told []string
	_, errs, err := run(t, story(), Options{Poll: time.Minute, Ended: func(_ context.Context, task *koji.Task) error {
		told = append(told, fmt.Sprint(task.ID, " ", task.State))
		return errors.New("no\x1b[31mbody listens")
	}})
	if !errors.As(err, new(*FailedError)) || strings.Join(told, ", ") != "20 FAILED, 10 CLOSED" {
		t.Errorf("%v, told %v", err, told)
	}
	if n := strings.Count(errs, "kojiwatch: warning: no\\x1b[31mbody listens\n"); n != 2 {
		t.Errorf("%d warnings in %q", n, errs)
	}
}

// TestColor: colours change nothing but colours, however wide the terminal is.
func TestColor(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9]+m")
	for _, width := range []int{10, 40, 60, 100} {
		o := Options{Poll: 2300 * time.Millisecond, Size: func() (int, int) { return width, 24 }}
		plain, _, _ := run(t, story(), o)
		o.Color = true
		painted, _, _ := run(t, story(), o)
		if got := codes.ReplaceAllString(painted, ""); got != plain {
			t.Errorf("at %d columns: got\n%s\nwant\n%s", width, got, plain)
		}
		if width == 100 && !strings.Contains(painted, "\x1b[31mFAILED\x1b[0m") {
			t.Errorf("no colour in %q", painted)
		}
	}
}

// knower knows why every task failed, after some time, or does not.
type knower struct {
	takes time.Duration
	err   error
	asked int
}

func (k *knower) FindIn(ctx context.Context, task *koji.Task, tree kojirpc.TaskTree) (*event.Failure, error) {
	k.asked++
	select {
	case <-time.After(k.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if k.err != nil {
		return nil, k.err
	}
	child := tree[task.ID][0]
	return &event.Failure{
		Task: child.ID, Arch: child.Arch, Host: child.Host.Name, Log: "build.log", Kind: "compile",
		Line: "src/pool.c:142:17: error: 'POOL_MAX' undeclared (first use in this function)",
		URL:  "https://koji.example.com/koji/getfile?taskID=22&volume=DEFAULT&name=build.log",
	}, nil
}

// TestWhy: what failed is followed by why, each once: in lines, JSON and pictures.
func TestWhy(t *testing.T) {
	k := &knower{takes: 3 * time.Second}
	out, _, err := run(t, story(), Options{Poll: time.Minute, Causes: k})
	if !errors.As(err, new(*FailedError)) || k.asked != 1 {
		t.Errorf("asked %d times: %v", k.asked, err)
	}
	golden.Check(t, filepath.Join("testdata", "why.txt"), out)
	out, _, _ = run(t, story(), Options{Poll: time.Minute, Causes: k, JSON: true})
	golden.Check(t, filepath.Join("testdata", "why.json"), out)
	for _, width := range []int{60, 100, 160} {
		out, _, _ = run(t, story(), Options{Poll: time.Minute, Causes: k, Size: func() (int, int) { return width, 24 }})
		pictures := strings.Split(out, "\x1b[J")
		golden.Check(t, filepath.Join("testdata", fmt.Sprintf("why.%d.txt", width)), strings.ReplaceAll(pictures[len(pictures)-2]+pictures[len(pictures)-1], "\x1b", "ESC"))
	}
}

// TestWhyIsNotKnown: a hub that does not tell why is asked once, and holds the end up for
// no longer than a look may take.
func TestWhyIsNotKnown(t *testing.T) {
	for name, k := range map[string]*knower{"an error": {err: errors.New("no route")}, "hangs": {takes: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			failed := look{answers: []*live.Answer{answer(1, now, koji.TaskFailed, map[string]koji.TaskState{"i686": koji.TaskFailed})}}
			out, _, err := run(t, &looker{looks: []look{failed}}, Options{Causes: k, Patience: 5 * time.Second})
			if !errors.As(err, new(*FailedError)) || k.asked != 1 || strings.Contains(out, "failed:") {
				t.Errorf("asked %d times: %v\n%s", k.asked, err, out)
			}
		})
	}
}

// TestWhyOfMany: when everything fails, only some are looked into.
func TestWhyOfMany(t *testing.T) {
	var all []*live.Answer
	for id := range int64(100) {
		all = append(all, answer(10*id+10, now, koji.TaskFailed, map[string]koji.TaskState{"i686": koji.TaskFailed}))
	}
	k := &knower{}
	if _, _, err := run(t, &looker{looks: []look{{answers: all}}}, Options{Causes: k}); !errors.As(err, new(*FailedError)) || k.asked != maxExplained {
		t.Errorf("asked %d times: %v", k.asked, err)
	}
}

// TestManyChildren: a picture is never higher than the terminal, of which it could not
// clear what has scrolled off.
func TestManyChildren(t *testing.T) {
	a := answer(1, now, koji.TaskClosed, nil)
	for i := range int64(40) {
		a.Node.Children = append(a.Node.Children, &forecast.Node{Task: koji.Task{ID: 2 + i, Parent: 1, Method: "createImage", Label: fmt.Sprint("arch", i), State: koji.TaskClosed}})
	}
	out, _, err := run(t, &looker{looks: []look{{answers: []*live.Answer{a}}}}, Options{Size: func() (int, int) { return 80, 24 }})
	if n := strings.Count(out, "\n"); err != nil || n != 23 || !strings.HasSuffix(out, "… 20 more lines\n1 of 1 done\n") {
		t.Errorf("%v, %d lines:\n%s", err, n, out)
	}
}

// TestEnds: each way that it can end.
func TestEnds(t *testing.T) {
	if _, _, err := run(t, &looker{looks: []look{{answers: []*live.Answer{}}}}, Options{}); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing to watch: %v", err)
	}
	boom := errors.New("boom")
	if _, _, err := run(t, &looker{looks: []look{{err: boom}}}, Options{}); !errors.Is(err, boom) {
		t.Errorf("the first look fails: %v", err)
	}
	closed := look{answers: []*live.Answer{answer(1, now, koji.TaskClosed, nil)}}
	if _, _, err := run(t, &looker{looks: []look{closed}}, Options{}); err != nil {
		t.Errorf("closed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	open := look{answers: []*live.Answer{answer(1, now, koji.TaskOpen, nil)}}
	if err := Run(ctx, &looker{looks: []look{open}}, Options{Out: io.Discard}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestPause: the hub is asked at most every six seconds.
func TestPause(t *testing.T) {
	r := &looker{looks: []look{{answers: []*live.Answer{answer(1, now, koji.TaskOpen, nil)}}}}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		if err := Run(ctx, r, Options{Out: io.Discard}); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
	if r.n < 20 || r.n > 100 {
		t.Errorf("%d looks in ten minutes", r.n)
	}
}

// bus tells of something every so often; 0: never.
type bus struct{ every time.Duration }

func (b bus) Wait(ctx context.Context, _ time.Duration) {
	if b.every == 0 {
		<-ctx.Done()
		return
	}
	select {
	case <-time.After(b.every):
	case <-ctx.Done():
	}
}

// TestBus: the hub is asked when events tell to, but no more often than without them, and
// now and then if none comes.
func TestBus(t *testing.T) {
	for name, tt := range map[string]struct {
		every time.Duration
		want  int // looks in ten minutes
	}{"silence": {0, 10}, "now and then": {20 * time.Second, 30}, "a flood": {time.Millisecond, 100}} {
		t.Run(name, func(t *testing.T) {
			r := &looker{looks: []look{{answers: []*live.Answer{answer(1, now, koji.TaskOpen, nil)}}}}
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute-time.Millisecond)
				defer cancel()
				o := Options{Out: io.Discard, Events: bus{tt.every}, Interest: NewInterest(live.TasksOptions{})}
				if err := Run(ctx, r, o); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
			if r.n != tt.want {
				t.Errorf("%d looks in ten minutes, want %d", r.n, tt.want)
			}
		})
	}
}

// TestBusAndALostHub: a hub that does not answer is asked again without an event.
func TestBusAndALostHub(t *testing.T) {
	fail := look{err: errors.New("no route to host")}
	r := &looker{looks: []look{
		{answers: []*live.Answer{answer(1, now, koji.TaskOpen, nil)}}, fail, fail, {answers: []*live.Answer{answer(1, now, koji.TaskClosed, nil)}},
	}}
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		o := Options{Out: io.Discard, Err: io.Discard, Events: bus{}, Interest: NewInterest(live.TasksOptions{})}
		if err := Run(t.Context(), r, o); err != nil || time.Since(begun) > slowest+2*longest {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
	})
}

func TestInterest(t *testing.T) {
	child := map[string]koji.TaskState{"x86_64": koji.TaskOpen} // task 15
	shown := []*live.Answer{answer(10, now, koji.TaskOpen, child)}
	alice := live.TasksOptions{Filter: &kojirpc.TaskFilter{TopLevel: true, Owner: 5}}
	bash := live.TasksOptions{Filter: &kojirpc.TaskFilter{Method: "build"}, Accept: func(t *koji.Task) bool { return t.Package() == "bash" }}
	build := func(pkg string) koji.Task {
		return koji.Task{ID: 30, Method: "build", State: koji.TaskFree, Request: koji.Request{Package: pkg}}
	}
	for name, tt := range map[string]struct {
		which live.TasksOptions
		task  koji.Task
		want  bool
	}{
		"shown":                  {task: koji.Task{ID: 10}, want: true},
		"shown below":            {task: koji.Task{ID: 15}, want: true},
		"new below":              {task: koji.Task{ID: 31, Parent: 15}, want: true},
		"another":                {task: koji.Task{ID: 30}},
		"new one of the user":    {which: alice, task: koji.Task{ID: 30, Owner: koji.Ref{ID: 5}}, want: true},
		"of a user by name only": {which: alice, task: koji.Task{ID: 30, Owner: koji.Ref{Name: "alice"}}, want: true},
		"one that has ended":     {which: alice, task: koji.Task{ID: 30, State: koji.TaskClosed, Owner: koji.Ref{ID: 5}}},
		"below another":          {which: alice, task: koji.Task{ID: 30, Parent: 29, Owner: koji.Ref{ID: 5}}},
		"of another user":        {which: alice, task: koji.Task{ID: 30, Owner: koji.Ref{ID: 6}}},
		"build of the package":   {which: bash, task: build("bash"), want: true},
		"of another package":     {which: bash, task: build("zsh")},
		"of another method":      {which: bash, task: koji.Task{ID: 30, Method: "tagBuild"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := NewInterest(tt.which)
			e := &event.Event{Type: event.TaskStateChange, Task: &tt.task}
			if !in.Matches(e) {
				t.Error("before the first look, all may be of interest")
			}
			in.set(shown)
			if got := in.Matches(e); got != tt.want {
				t.Errorf("got %v", got)
			}
			if in.Matches(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: 10}}) {
				t.Error("a build is taken for a task")
			}
		})
	}
}
