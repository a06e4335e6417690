package estimates_test

import (
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
)

// wholeLog is the size of the log of bash, and halfLog when half of it is there.
const wholeLog, halfLog = 100_000, 0.3

// logAt is the size of a log when a share of a run is over.
func logAt(share float64) int64 {
	if share < halfLog {
		return int64(wholeLog / 2 * share / halfLog)
	}
	return int64(wholeLog/2 + wholeLog/2*(share-halfLog)/(1-halfLog))
}

// look has the log of a task read.
func (w *testHub) look(task *koji.Task, size int64, at time.Time) {
	w.ObserveLog(task.ID, estimates.LogReading{Size: size, Total: size}, at)
}

// runWithLog has a task run whose log is read every minute and after its end.
func (w *testHub) runWithLog(at time.Time, took time.Duration) {
	task := w.task("buildArch", "bash", 0, at)
	w.open(task, at)
	for run := time.Minute; run < took; run += time.Minute {
		w.look(task, logAt(run.Seconds()/took.Seconds()), at.Add(run))
	}
	w.end(task, koji.TaskClosed, at.Add(took))
	w.look(task, wholeLog, at.Add(took+time.Minute))
}

// newLogHub has learnt from a few runs of bash of half an hour.
func newLogHub() *testHub {
	w := newTestHub(estimates.Options{})
	for i := range 5 {
		w.runWithLog(start.Add(time.Duration(i)*time.Hour), 30*time.Minute)
	}
	return w
}

// TestLogSharpensRemaining: a run that is twice as long as those before is recognised by its
// log, and by its duration alone only late. It is overdue all the same.
func TestLogSharpensRemaining(t *testing.T) {
	off := func(read bool, share float64) (off time.Duration, overdue bool) {
		w := newLogHub()
		begin := start.Add(24 * time.Hour)
		task := w.task("buildArch", "bash", 0, begin)
		w.open(task, begin)
		now := begin.Add(time.Duration(share * float64(time.Hour)))
		for at := begin.Add(time.Minute); read && !at.After(now); at = at.Add(time.Minute) {
			w.look(task, logAt(at.Sub(begin).Hours()), at)
		}
		got, ok := w.Lookup(task.ID, now)
		if !ok || got.Low.After(got.CompletionAt) || got.High.Before(got.CompletionAt) || got.CompletionAt.Before(now) {
			t.Fatalf("got %+v, %v", got, ok)
		}
		if read && (got.Log.Size == 0 || got.Log.Share < share-0.1 || got.Log.Share > 1) {
			t.Errorf("after %.2f the log is %+v", share, got.Log)
		}
		return got.CompletionAt.Sub(begin.Add(time.Hour)).Abs(), got.Overdue
	}
	for _, share := range []float64{0.4, 0.6, 0.8} {
		with, overdue := off(true, share)
		without, late := off(false, share)
		if with > without/2 || with > 12*time.Minute {
			t.Errorf("after %.1f of its time the end is off by %v, without the log by %v", share, with, without)
		}
		if overdue != late || overdue != (share > 0.5) {
			t.Errorf("after %.1f of its time: overdue is %v, without the log %v", share, overdue, late)
		}
	}
}

// TestLogOfUnknownSize: without earlier logs only the size is told, and nothing else changes.
func TestLogOfUnknownSize(t *testing.T) {
	w := newTestHub(estimates.Options{})
	w.run("buildArch", "bash", 0, start, 30*time.Minute)
	task := w.task("buildArch", "bash", 0, start.Add(time.Hour))
	w.open(task, start.Add(time.Hour))
	now := start.Add(75 * time.Minute)
	before, _ := w.Lookup(task.ID, now)
	w.look(task, 5000, now)
	got, ok := w.Lookup(task.ID, now)
	if !ok || got.Log.Size != 5000 || got.Log.Share != 0 || got.CompletionAt != before.CompletionAt {
		t.Errorf("got %+v, want %+v with the size", got, before)
	}
}

// TestLogSilence: a log is silent for as long as looks at it show the same size.
func TestLogSilence(t *testing.T) {
	w := newTestHub(estimates.Options{})
	task := w.task("buildArch", "bash", 0, start)
	w.open(task, start)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	steps := []struct {
		name    string
		reading estimates.LogReading
		minute  int
		want    time.Duration
	}{
		{"the first look goes by the time of the file", estimates.LogReading{Size: 10, Total: 30, Modified: at(2)}, 5, 3 * time.Minute},
		{"it grows", estimates.LogReading{Size: 11, Total: 31, Modified: at(2)}, 6, 0},
		{"it does not", estimates.LogReading{Size: 11, Total: 31}, 9, 3 * time.Minute},
		{"another log grows", estimates.LogReading{Size: 11, Total: 40}, 10, 0},
		{"long silence", estimates.LogReading{Size: 11, Total: 40}, 30, 20 * time.Minute},
		{"it begins anew", estimates.LogReading{Size: 2, Total: 2}, 31, 0},
	}
	for _, s := range steps {
		w.ObserveLog(task.ID, s.reading, at(s.minute))
		if got := w.LogSilence(task.ID); got != s.want {
			t.Errorf("%s: silent for %v, want %v", s.name, got, s.want)
		}
	}
	mute := w.task("buildArch", "zsh", 0, at(30))
	w.open(mute, at(30))
	w.look(mute, 0, at(50))
	if got := w.LogSilence(mute.ID); got != 0 {
		t.Errorf("of a task without a log: silent for %v", got)
	}
	w.runWithLog(at(30), 20*time.Minute)
	if got := w.LogSilence(mute.ID); got != 20*time.Minute {
		t.Errorf("of a task without the log that such tasks write: silent for %v", got)
	}
	w.end(task, koji.TaskFree, at(40))
	w.open(task, at(60))
	w.look(task, 1, at(61))
	if got := w.LogSilence(task.ID); got != 0 {
		t.Errorf("of the second run: silent for %v", got)
	}
	w.end(task, koji.TaskFailed, at(70))
	if got := w.LogSilence(task.ID); got != 0 {
		t.Errorf("of a task that has ended: silent for %v", got)
	}
}

// TestLogsToRead: what has ended goes first, then what somebody asked for and what is below
// it, then what is the farthest in its expected time. Parents, short runs and tasks that
// write no log are left alone.
func TestLogsToRead(t *testing.T) {
	w := newLogHub()
	now := start.Add(24 * time.Hour)
	open := func(method, pkg string, parent int64, ran time.Duration) *koji.Task {
		task := w.task(method, pkg, parent, now.Add(-ran))
		w.open(task, now.Add(-ran))
		return task
	}
	ended := open("buildArch", "bash", 0, 20*time.Minute)
	w.look(ended, 10, now.Add(-time.Minute))
	w.end(ended, koji.TaskClosed, now.Add(-time.Second))
	half, long := open("buildArch", "bash", 0, 15*time.Minute), open("buildArch", "bash", 0, 50*time.Minute)
	open("buildArch", "bash", 0, 30*time.Second)
	parent := open("build", "bash", 0, 10*time.Minute)
	child := open("buildArch", "bash", parent.ID, 2*time.Minute)
	mute := open("tagBuild", "", 0, time.Hour)
	for range 5 {
		w.look(mute, 0, now)
	}
	asked := func(id int64) bool { return id == parent.ID }
	nobody := func(int64) bool { return false }
	for name, c := range map[string]struct {
		most int
		of   estimates.LogInterest
		want []int64
	}{
		"all":        {10, estimates.LogInterest{All: true, Task: asked}, []int64{ended.ID, child.ID, long.ID, half.ID}},
		"some":       {2, estimates.LogInterest{All: true, Task: nobody}, []int64{ended.ID, long.ID}},
		"only asked": {10, estimates.LogInterest{Task: asked}, []int64{ended.ID, child.ID}},
	} {
		if got := w.LogsToRead(c.most, c.of, now); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := w.LogsToRead(10, estimates.LogInterest{Task: nobody}, now.Add(time.Hour)); len(got) > 0 {
		t.Errorf("an hour later: %v", got)
	}
}
