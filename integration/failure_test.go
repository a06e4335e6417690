//go:build integration

package integration

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// TestFailureReachesItsSink checks that the event of a failed build has the log and the
// line that explain the failure, if the sink requests that. After a reload without the
// key it does not, and nothing is lost.
func TestFailureReachesItsSink(t *testing.T) {
	t.Parallel() // it mostly waits
	const child, line = 41, "slots.cc:3:1: error: expected ';'"
	hub := labHub(t)
	err := hub.Update(func(d *hubtest.Data) {
		for i := range d.Tasks {
			if task := &d.Tasks[i]; task.ID == 39 || task.ID == child {
				task.State = "FAILED"
				task.Fault = &hubtest.TaskFault{Code: 1005, String: "BuildError: mock exited with status 1; see build.log or root.log"}
				task.Output = []hubtest.OutputFile{{Name: "build.log", Content: strings.Repeat("make goes on\n", 10_000) + line + "\n"}}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	v := rig.Broker(t)
	path := withHub(t, configFor(t, v.URL(), "durable: true", "failure: true"), hub, 30*time.Second)
	d := rig.Daemon(t, "run", "--config", path)
	consuming(t, v)
	const n = 250 // the whole recording
	publish(t, v, lab(t, n))
	arrived(t, n, d)
	told := 0
	for _, e := range rig.Output[event.Event](t, d) {
		if e.New == "FAILED" && e.Task != nil && (e.Task.ID == 39 || e.Task.ID == child) {
			told++
			if f := e.Failure; f == nil || f.Task != child || f.Line != line || f.Log != "build.log" {
				t.Errorf("task %d: got %+v with gaps %v", e.Task.ID, f, e.Enrichment.Missing)
			}
			if !strings.HasSuffix(e.Summary, "build.log: "+line) {
				t.Errorf("summary %q", e.Summary)
			}
		}
	}
	if told != 2 {
		t.Errorf("%d events of tasks that failed, want 2", told)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "failure: true", "failure: false", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.WaitStderr(t, patience, "configuration reloaded")
	publish(t, v, lab(t, n))
	rig.Eventually(t, patience, func() error { return atLeastLines(d, 2*n) })
	for _, e := range rig.Output[event.Event](t, d)[n:] {
		if e.Failure != nil {
			t.Errorf("after the reload %s has a failure", e.Key())
		}
	}
	stop(t, d)
}
