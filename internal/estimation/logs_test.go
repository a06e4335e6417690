package estimation

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestLogInterest: who asks for a task is interested in its log for a while, and the number of
// such tasks is bounded.
func TestLogInterest(t *testing.T) {
	var l logInterest
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	if l.all() || l.in(1, now) {
		t.Error("somebody is interested who does not exist")
	}
	l.note(1, now)
	if !l.in(1, now.Add(askedFor-time.Second)) || l.in(1, now.Add(askedFor)) || l.in(2, now) {
		t.Error("the interest lasts too long, is too short, or is in another task")
	}
	for id := range int64(2 * maxAsked) {
		l.note(id, now)
	}
	if len(l.asked) != maxAsked || !l.in(1, now) {
		t.Errorf("%d tasks are of interest", len(l.asked))
	}
	later := now.Add(time.Hour)
	if l.note(7777, later); !l.in(7777, later) || len(l.asked) != 1 {
		t.Errorf("an hour later %d tasks are of interest", len(l.asked))
	}
	seen := false
	l.seen = []func() bool{func() bool { return false }, func() bool { return seen }}
	if l.all() {
		t.Error("nobody sees them")
	}
	if seen = true; !l.all() {
		t.Error("somebody sees them")
	}
}

// TestLookupTellsOfTheLog: what a process is told of a log is what another one has read, and
// who asks is interested in it.
func TestLookupTellsOfTheLog(t *testing.T) {
	d := &Service{estimator: estimates.New(estimates.Options{})}
	now := time.Now()
	for id := int64(1); id <= 2; id++ {
		task := koji.Task{ID: id, Method: "tagBuild", State: koji.TaskOpen, Created: now.Add(-time.Hour), Started: now.Add(-time.Hour)}
		d.estimator.Observe(&task, now)
	}
	d.estimator.ObserveLog(1, estimates.LogReading{Size: 70, Total: 100, Modified: now.Add(-10 * time.Minute)}, now)
	for id, want := range map[int64]int64{1: 70, 2: 0} {
		text, ok := d.Lookup(id)
		if !ok {
			t.Fatal("no estimate")
		}
		got, err := ParseLookup(text)
		silent := d.LogsForSentinel().Silent(id, now)
		if err != nil || got.Log.Size != want || got.Log.SilentFor != silent || silent.Round(time.Second) != time.Duration(want/70)*10*time.Minute {
			t.Errorf("task %d: got %+v from %s, %v; silent for %v", id, got.Log, text, err, silent)
		}
		if !d.logs.in(id, now) {
			t.Error("who has asked is not interested")
		}
	}
}
