package live

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// hubCalls passes batches of calls to a hub without a network, and counts them.
type hubCalls struct {
	kojirpc.Caller
	hub     *hubtest.Hub
	batches []time.Time
	calls   int
	err     error // instead of answers
}

// CallAll implements kojirpc.Caller.
func (h *hubCalls) CallAll(_ context.Context, calls []*kojirpc.Call) error {
	h.batches, h.calls = append(h.batches, time.Now()), h.calls+len(calls)
	if h.err != nil {
		return h.err
	}
	for _, c := range calls {
		body, err := xmlrpc.AppendCall(nil, c.Method, c.Args...)
		if err != nil {
			return err
		}
		answer := httptest.NewRecorder()
		h.hub.ServeHTTP(answer, httptest.NewRequest("POST", "/kojihub", strings.NewReader(string(body))))
		c.Err = xmlrpc.DecodeResponse(answer.Body.Bytes(), xmlrpc.Limits{}, c.Into)
	}
	return nil
}

// runningTasks is a hub with n tasks that run, each with logs, and an estimator that follows
// them.
func runningTasks(t *testing.T, n int64, now time.Time) (*hubtest.Hub, *estimates.Estimator) {
	t.Helper()
	var d hubtest.Data
	e := estimates.New(estimates.Options{})
	for id := int64(1); id <= n; id++ {
		d.Tasks = append(d.Tasks, hubtest.Task{ID: id, Method: "buildArch", State: "OPEN", Output: []hubtest.OutputFile{
			{Name: "build.log", Size: 1000 * id, Modified: now.Add(-time.Minute)}, {Name: "root.log", Size: 5000, Modified: now.Add(-time.Hour)},
			{Name: "a.rpm", Size: 1 << 33, Modified: now},
		}})
		task := koji.Task{ID: id, Method: "buildArch", State: koji.TaskOpen, Created: now.Add(-time.Hour), Started: now.Add(-time.Hour)}
		task.Request.Package = fmt.Sprint("package", id)
		e.Observe(&task, now)
	}
	hub, err := hubtest.New(hubtest.Options{Data: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Close)
	return hub, e
}

// TestLogsOncePerMinute: while somebody sees it, the hub gets one request a minute, however
// many tasks run, about a bounded number of them; when nobody does, none.
func TestLogsOncePerMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, e := runningTasks(t, 200, time.Now())
		calls := &hubCalls{hub: hub}
		var seen bool
		var failures int
		reader := &LogReader{
			API: kojirpc.NewAPI(calls), Estimator: e, Wanted: func() bool { return seen },
			Asked: func(int64, time.Time) bool { return false },
		}
		run := func(d time.Duration) {
			calls.batches, calls.calls, failures = nil, 0, 0
			ctx, cancel := context.WithTimeout(t.Context(), d+time.Second)
			defer cancel()
			reader.Run(ctx, func(err error) {
				if err != nil {
					failures++
				}
			})
		}
		if run(10 * time.Minute); len(calls.batches) > 0 {
			t.Errorf("%d requests although nobody sees it", len(calls.batches))
		}
		seen = true
		if run(10 * time.Minute); len(calls.batches) != 10 || calls.calls != 10*maxLogs || failures != 0 {
			t.Errorf("%d requests with %d calls in 10 minutes, %d failed", len(calls.batches), calls.calls, failures)
		}
		for i := 1; i < len(calls.batches); i++ {
			if gap := calls.batches[i].Sub(calls.batches[i-1]); gap < time.Minute {
				t.Errorf("two requests within %v", gap)
			}
		}
		calls.err = errors.New("the hub is down")
		if run(3 * time.Minute); len(calls.batches) != 3 || failures != 3 {
			t.Errorf("%d requests to a hub that is down, %d failures", len(calls.batches), failures)
		}
	})
}

// TestLogsAskedFor: the log of a task that somebody asks for is read although nobody sees the
// others.
func TestLogsAskedFor(t *testing.T) {
	now := time.Now()
	hub, e := runningTasks(t, 20, now)
	calls := &hubCalls{hub: hub}
	reader := &LogReader{
		API: kojirpc.NewAPI(calls), Estimator: e, Wanted: func() bool { return false },
		Asked: func(id int64, _ time.Time) bool { return id == 7 },
	}
	if asked, err := reader.look(t.Context(), now); !asked || err != nil || calls.calls != 1 {
		t.Fatalf("asked: %v, %v, %d calls", asked, err, calls.calls)
	}
	got, _ := e.Lookup(7, now)
	if got.Log.Size != 7000 || got.Log.SilentFor.Round(time.Second) != time.Minute {
		t.Errorf("got %+v", got.Log)
	}
}

// TestLogsAreOneRequest: a look at the logs of 200 running tasks is one HTTP request with a
// bounded number of calls, and a task that the hub does not know spoils nothing.
func TestLogsAreOneRequest(t *testing.T) {
	now := time.Now()
	data, e := runningTasks(t, 200, now)
	known := data.Data()
	known.Tasks = known.Tasks[1:]
	hub := hubtest.Start(t, hubtest.Options{Data: known})
	client, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(context.WithoutCancel(t.Context())) })
	reader := &LogReader{
		API: client.API, Estimator: e, Wanted: func() bool { return true },
		Asked: func(id int64, _ time.Time) bool { return id < 3 },
	}
	if _, err := reader.look(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	if s := hub.Stats(); s.Requests != 1 || len(s.Multicalls) != 1 || s.Multicalls[0] != maxLogs {
		t.Errorf("%d requests, calls in each %v", s.Requests, s.Multicalls)
	}
	got, _ := e.Lookup(2, now)
	if none, _ := e.Lookup(1, now); got.Log.Size != 2000 || none.Log.Known() {
		t.Errorf("got %+v, and of a task without output %+v", got.Log, none.Log)
	}
}

// TestReadingOf: the build log counts for progress, all logs for silence, and nothing else.
func TestReadingOf(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 25, 12, minute, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		files map[string]kojirpc.OutputFile
		want  estimates.LogReading
	}{
		"nothing":       {nil, estimates.LogReading{}},
		"no logs":       {map[string]kojirpc.OutputFile{"a.rpm": {Size: 9}}, estimates.LogReading{}},
		"no build log":  {map[string]kojirpc.OutputFile{"a.log": {Size: 9}, "b.log": {Size: 4, Modified: at(1)}}, estimates.LogReading{Size: 9, Total: 13, Modified: at(1)}},
		"a build log":   {map[string]kojirpc.OutputFile{"build.log": {Size: 3, Modified: at(2)}, "root.log": {Size: 7, Modified: at(1)}}, estimates.LogReading{Size: 3, Total: 10, Modified: at(2)}},
		"absurd values": {map[string]kojirpc.OutputFile{"build.log": {Size: -3}}, estimates.LogReading{}},
	} {
		if got := readingOf(c.files); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
