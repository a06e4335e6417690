package wait

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var start = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// world is a hub, and what happens there at each look that it gets.
type world struct {
	*hubtest.Hub
	api   kojirpc.API
	steps []func(*hubtest.Data)
}

// newWorld starts a hub with a build task that runs, its build, and a tag with a
// repository from before. A step happens after each request.
func newWorld(t *testing.T, steps ...func(*hubtest.Data)) *world {
	t.Helper()
	hub, err := hubtest.New(hubtest.Options{Data: hubtest.Data{
		Tags:  []hubtest.Tag{{ID: 8, Name: "f44"}, {ID: 9, Name: "f44-build", Parents: []string{"f44"}}},
		Tasks: []hubtest.Task{{ID: 1, Method: "build", State: "OPEN", Started: start}, {ID: 2, Method: "newRepo", State: "CLOSED", Completed: start}, {ID: 3, Method: "build", State: "FAILED", Completed: start}},
		Builds: []hubtest.Build{
			{ID: 70, Package: "bash", Version: "5", Release: "1", Task: 1, Created: start},
			{ID: 71, Package: "zsh", Version: "5", Release: "1", State: "COMPLETE", Created: start, Completed: start},
		},
		Tagged: []hubtest.Tagged{{Tag: "f44", Build: 71, Event: 5}},
		Repos:  []hubtest.Repo{{ID: 30, Tag: "f44-build", State: "READY", CreateEvent: 10}},
		Events: []hubtest.Event{{ID: 5, Time: start}, {ID: 10, Time: start}, {ID: 20, Time: start}, {ID: 30, Time: start}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Hub: hub, steps: steps}
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	c, err := kojirpc.New(kojirpc.Options{Server: server.URL + "/kojihub", Retry: kojirpc.Retry{Max: -1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	w.api = kojirpc.NewAPI(stepper{c.API, w})
	return w
}

// stepper has something happen after each request.
type stepper struct {
	kojirpc.API
	w *world
}

func (s stepper) CallAll(ctx context.Context, calls []*kojirpc.Call) error {
	defer s.step()
	return s.API.CallAll(ctx, calls)
}

func (s stepper) step() {
	if len(s.w.steps) == 0 {
		return
	}
	if change := s.w.steps[0]; change != nil {
		if err := s.w.Update(change); err != nil {
			panic(err)
		}
	}
	s.w.steps = s.w.steps[1:]
}

func taskEnds(state string) func(*hubtest.Data) {
	return func(d *hubtest.Data) { d.Tasks[0].State, d.Tasks[0].Completed = state, start }
}

func buildEnds(state string) func(*hubtest.Data) {
	return func(d *hubtest.Data) { d.Builds[0].State, d.Builds[0].Completed = state, start }
}

func all(changes ...func(*hubtest.Data)) func(*hubtest.Data) {
	return func(d *hubtest.Data) {
		for _, change := range changes {
			change(d)
		}
	}
}

func tagged(event int64) func(*hubtest.Data) {
	return func(d *hubtest.Data) {
		d.Tagged = append(d.Tagged, hubtest.Tagged{Tag: "f44", Build: 70, Event: event})
	}
}

func repoAt(id, event int64) func(*hubtest.Data) {
	return func(d *hubtest.Data) {
		d.Repos = append(d.Repos, hubtest.Repo{ID: id, Tag: "f44-build", State: "READY", CreateEvent: event})
	}
}

func TestRun(t *testing.T) {
	done := all(taskEnds("CLOSED"), buildEnds("COMPLETE"))
	for name, tt := range map[string]struct {
		words          string
		tagged, inRepo string
		steps          []func(*hubtest.Data)
		want           string // the error
		requests       int    // at most
	}{
		"ended before":             {words: "2", requests: 1},
		"failed before":            {words: "3", want: "3: FAILED", requests: 1},
		"task":                     {words: "1", steps: []func(*hubtest.Data){nil, done}, requests: 3},
		"task at the first look":   {words: "1", steps: []func(*hubtest.Data){done}, requests: 2},
		"task fails":               {words: "1", steps: []func(*hubtest.Data){taskEnds("FAILED")}, want: "1: FAILED", requests: 2},
		"task canceled":            {words: "1", steps: []func(*hubtest.Data){taskEnds("CANCELED")}, want: "1: CANCELED", requests: 2},
		"build":                    {words: "bash-5-1", steps: []func(*hubtest.Data){done}, requests: 2},
		"build fails":              {words: "build:70", steps: []func(*hubtest.Data){buildEnds("FAILED")}, want: "build:70: FAILED", requests: 3},
		"several, one of which":    {words: "1 2 3", steps: []func(*hubtest.Data){nil, nil, done}, want: "3: FAILED", requests: 4},
		"tagged before":            {words: "zsh-5-1", tagged: "f44", requests: 3},
		"build tagged":             {words: "bash-5-1", tagged: "f44", steps: []func(*hubtest.Data){nil, done, nil, tagged(20)}, requests: 6},
		"task tagged":              {words: "1", tagged: "f44", steps: []func(*hubtest.Data){nil, all(done, tagged(20))}, requests: 5},
		"task without a build":     {words: "2", tagged: "f44", want: "2: the task has made no build", requests: 3},
		"in a repository before":   {words: "zsh-5-1", inRepo: "f44-build", requests: 4},
		"in a repository":          {words: "bash-5-1", inRepo: "f44-build", steps: []func(*hubtest.Data){nil, all(done, tagged(20)), nil, nil, nil, repoAt(31, 15), nil, nil, repoAt(32, 30)}, requests: 12},
		"neither":                  {words: "999", want: `no task and no build "999"`, requests: 1},
		"one of them is not there": {words: "1 bash-9-9", want: `"bash-9-9"`, requests: 2},
		"not to be waited for":     {words: "bash", want: "bash is a package; tasks and builds can be waited for", requests: 1},
		"no such tag":              {words: "1", tagged: "f99", want: `getTag "f99": not found`, requests: 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tt.steps...)
			err := Run(t.Context(), w.api, Options{
				Words: strings.Fields(tt.words), Tagged: tt.tagged, InRepo: tt.inRepo, First: time.Millisecond, Last: time.Millisecond,
			})
			if fmt.Sprint(err) != tt.want && (tt.want == "" && err != nil || tt.want != "" && !strings.Contains(fmt.Sprint(err), tt.want)) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if n := w.Stats().Requests; n > tt.requests {
				t.Errorf("%d requests, want %d at most", n, tt.requests)
			}
		})
	}
}

// TestRunAsksOnce: however many things are waited for, a look is one request.
func TestRunAsksOnce(t *testing.T) {
	words := "1 bash-5-1 1 bash-5-1"
	w := newWorld(t, nil, nil, nil, nil, nil, all(taskEnds("CLOSED"), buildEnds("COMPLETE")))
	if err := Run(t.Context(), w.api, Options{Words: strings.Fields(words), First: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if n := w.Stats().Requests; n != 4+3 {
		t.Errorf("%d requests", n)
	}
}

// TestTimeout says what has not come about.
func TestTimeout(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := Run(ctx, w.api, Options{Words: []string{"2", "1"}, First: time.Millisecond})
	if late, ok := errors.AsType[*TimeoutError](err); !ok || late.Error() != "gave up waiting for 1" {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := Run(ctx, w.api, Options{Words: []string{"1"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

// TestUnreachable: a hub that cannot be reached at the start is waited for, but one that
// refuses is not.
func TestUnreachable(t *testing.T) {
	for name, effect := range map[string]hubtest.Effect{
		"gateway": hubtest.Status(http.StatusBadGateway), "cut": hubtest.DropBefore(), "offline": hubtest.Fault(1014, "database outage"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, taskEnds("CLOSED"))
			w.Inject(hubtest.Failure{Effect: effect, Times: 3})
			told := 0
			err := Run(t.Context(), w.api, Options{Words: []string{"1"}, First: time.Millisecond, Last: time.Millisecond, Unreachable: func(error) { told++ }})
			if err != nil || told == 0 {
				t.Errorf("%v, told %d times", err, told)
			}
		})
	}
	w := newWorld(t)
	w.Inject(hubtest.Failure{Effect: hubtest.Status(http.StatusBadGateway)})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := Run(ctx, w.api, Options{Words: []string{"1"}, First: time.Millisecond}); !errors.As(err, new(*TimeoutError)) {
		t.Errorf("never reached: %v", err)
	}
	w = newWorld(t)
	w.Inject(hubtest.Failure{Effect: hubtest.Status(http.StatusNotFound), Times: 1})
	if err := Run(t.Context(), w.api, Options{Words: []string{"2"}}); err == nil || !strings.Contains(err.Error(), "HTTP 404") {
		t.Errorf("no hub there: %v", err)
	}
}

// TestUnknown tells what there has never been from other errors.
func TestUnknown(t *testing.T) {
	w := newWorld(t)
	for _, word := range []string{"999", "task:999", "bash-9-9"} {
		if err := Run(t.Context(), w.api, Options{Words: []string{word}}); !errors.As(err, new(*UnknownError)) {
			t.Errorf("%s: %v", word, err)
		}
	}
}

// TestFaults: a hub that is away for a while ends nothing, one that goes on refusing does.
func TestFaults(t *testing.T) {
	for times, want := range map[int]string{maxRefused - 1: "", maxRefused: "out of order"} {
		w := newWorld(t, nil, all(taskEnds("CLOSED")))
		w.steps = append([]func(*hubtest.Data){func(*hubtest.Data) {
			w.Inject(hubtest.Failure{Method: "getTaskInfo", Effect: hubtest.Fault(1000, "out of order"), Times: times})
		}}, w.steps...)
		err := Run(t.Context(), w.api, Options{Words: []string{"1"}, First: time.Millisecond})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d faults: %v, want %s", times, err, want)
		}
	}
}
