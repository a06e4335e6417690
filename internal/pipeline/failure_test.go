package pipeline

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// The recording has a build that failed, its task, and the child by which it did.
const (
	failedBuild, failedTask, failedChild = 3, 39, 41

	failedLine = "src/signal.cc:88:14: error: 'slot_base' was not declared in this scope"
)

// failing has the recorded build fail by a compiler's error.
func (b *bed) failing() {
	b.t.Helper()
	fault := &hubtest.TaskFault{Code: 1005, String: "BuildError: error building package (arch x86_64), mock exited with status 1; see build.log or root.log for more information"}
	err := b.hub.Update(func(d *hubtest.Data) {
		for i := range d.Tasks {
			t := &d.Tasks[i]
			switch t.ID {
			case failedTask:
				t.State, t.Fault = "FAILED", fault
			case failedChild:
				t.State, t.Fault = "FAILED", fault
				t.Output = []hubtest.OutputFile{
					{Name: "build.log", Content: "Executing(%build): x\n" + strings.Repeat("g++ -O2 -c a.cc\n", 10_000) + failedLine + "\nerror: Bad exit status from /var/tmp/x (%build)\n"},
					{Name: "root.log", Content: "nothing\n"},
				}
			}
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// seeking puts a sink that wants failures at the end.
func (b *bed) seeking(filter config.Filter) {
	b.t.Helper()
	s := config.NewSink("out", config.SinkStdout)
	s.Failure, s.Filter = true, filter
	filtered, err := NewFiltered(&config.Config{}, &s, stdout.New(&b.out, stdout.JSON))
	if err != nil {
		b.t.Fatal(err)
	}
	b.Handler = New(parse.New(parse.Options{}), b.link.Enricher, filtered)
}

// played plays the recording and returns the failures in its events, by what they are about.
func (b *bed) played() map[string]event.Failure {
	b.t.Helper()
	if err := b.PlayFile(b.t.Context(), recordingPath("messages-protonmsg"), nil); err != nil {
		b.t.Fatal(err)
	}
	found := map[string]event.Failure{}
	for line := range strings.Lines(b.out.String()) {
		var e event.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			b.t.Fatal(err)
		}
		if e.Failure != nil {
			found[e.Key().String()] = *e.Failure
		}
	}
	return found
}

// TestFailures: events of what failed tell by which child and which line of its log, in
// few calls, and others do not.
func TestFailures(t *testing.T) {
	b := newBed(t, "messages-protonmsg", budget(time.Minute))
	b.failing()
	b.seeking(config.Filter{})
	found := b.played()
	for _, key := range []string{"task 39", "task 41", "build 3"} {
		if f := found[key]; f.Task != failedChild || f.Line != failedLine || f.Log != "build.log" || f.Arch != "x86_64" || f.Kind != "compile" {
			t.Errorf("%s: got %+v", key, f)
		}
	}
	if _, there := found["task 40"]; there {
		t.Error("a task that was closed has a failure")
	}
	if calls := b.hub.Stats().Calls["downloadTaskOutput"]; calls < 1 || calls > 2 {
		t.Errorf("%d reads of a log that two tasks and a build have in common, want one, or two at the same time", calls)
	}
}

// TestFailuresCanBeFilteredBy: expressions see failures.
func TestFailuresCanBeFilteredBy(t *testing.T) {
	b := newBed(t, "messages-protonmsg", budget(time.Minute))
	b.failing()
	b.seeking(config.Filter{When: `failure.kind == "compile"`})
	if found := b.played(); len(found) != 3 || strings.Count(b.out.String(), "\n") != 3 {
		t.Errorf("got %v", found)
	}
}

// TestNobodyWantsFailures: no log is read for sinks that have not asked.
func TestNobodyWantsFailures(t *testing.T) {
	b := newBed(t, "messages-protonmsg", budget(time.Minute))
	b.failing()
	found := b.played()
	if calls := b.hub.Stats().Calls; len(found) > 0 || calls["downloadTaskOutput"]+calls["listTaskOutput"] > 0 {
		t.Errorf("got %v by calls %v", found, calls)
	}
}

// TestFailuresAreNotInTheWay: with a hub that does not tell what logs say every event
// comes, in order, and those of failures say what they lack.
func TestFailuresAreNotInTheWay(t *testing.T) {
	b := newBed(t, "messages-protonmsg", budget(200*time.Millisecond))
	b.failing()
	b.seeking(config.Filter{})
	b.hub.Inject(hubtest.Failure{Method: "downloadTaskOutput", Effect: hubtest.Hang()})
	plain := events(t, playPlain(t, "messages-protonmsg"))
	began := time.Now()
	b.played()
	got := events(t, b.out.Bytes())
	if !slices.EqualFunc(got, plain, func(a, b seen) bool { return a.ID == b.ID }) {
		t.Errorf("got %d events, want the %d recorded in their order", len(got), len(plain))
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	lacks := 0
	for _, e := range got {
		for _, gap := range e.Enrichment.Missing {
			if gap.Path == "failure" && (gap.Reason == "timeout" || gap.Reason == "hub-down") {
				lacks++
			}
		}
	}
	if lacks == 0 {
		t.Error("no event says that it lacks its failure")
	}
}
