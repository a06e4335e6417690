package estimation

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestBacklog: messages that have waited for a week, and come at once, are seen from when
// things happened. What is learnt from them holds for those that come in time.
func TestBacklog(t *testing.T) {
	d := Open(durationsConfig(t, ""), zerolog.Nop())
	defer d.Close()
	estimates := d.ForEvents()
	const run = 20 * time.Minute
	tell := func(id int64, state koji.TaskState, started, received time.Time) *event.Estimate {
		task := koji.Task{ID: id, Method: "image", State: state, Created: started, Started: started}
		task.Request.Package = "zsh"
		if state.Final() {
			task.Ended = started.Add(run)
		}
		e := &event.Event{Type: event.TaskStateChange, New: state.String(), ReceivedAt: received, Task: &task}
		estimates.Estimate(e)
		return e.Estimate
	}
	now := noon.Add(7 * 24 * time.Hour)
	for i := range int64(6) {
		started := noon.Add(time.Duration(i) * time.Hour)
		began := tell(i+1, koji.TaskOpen, started, now)
		now = now.Add(time.Millisecond)
		if i > 3 && (began == nil || began.Overdue || began.CompletionAt.Sub(started.Add(run)).Abs() > run/2 || began.Remaining.Value != 0) {
			t.Errorf("task %d: %+v", i+1, began)
		}
		if ended := tell(i+1, koji.TaskClosed, started, now); ended != nil && ended.CompletionAt.After(started.Add(3*run)) {
			t.Errorf("task %d ended, and was to be done at %s", i+1, ended.CompletionAt)
		}
	}
	got := tell(100, koji.TaskOpen, now.Add(-2*time.Second), now)
	if got == nil || got.Overdue || (got.Remaining.Value-run).Abs() > run/2 {
		t.Errorf("in time: %+v", got)
	}
	late := tell(101, koji.TaskOpen, now.Add(-time.Hour), now)
	if late == nil || !late.Overdue {
		t.Errorf("late among others that are in time: %+v, want one that is overdue", late)
	}
}

// TestBacklogOfARecording has what a broker kept of a build system for a day come at once.
// Nothing that is said of it is worse than had it come in time.
func TestBacklogOfARecording(t *testing.T) {
	d := Open(durationsConfig(t, ""), zerolog.Nop())
	defer d.Close()
	estimates, parser := d.ForEvents(), parse.New(parse.Options{})
	f, err := os.Open("../demo/history.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r := recording.NewReader(f)
	now, ended, absurd := time.Now(), 0, 0
	for {
		delivery, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		message := pipeline.ParseDelivery(delivery)
		message.ReceivedAt = now
		e, err := parser.Parse(message)
		if err != nil {
			t.Fatal(err)
		}
		estimates.Estimate(e)
		if e.Estimate == nil || e.Build == nil || !e.Build.State.Final() {
			continue
		}
		ended++
		if e.Estimate.CompletionAt.Sub(e.Build.Ended).Abs() > 12*time.Hour {
			absurd++
		}
	}
	if ended == 0 || absurd > 0 {
		t.Errorf("%d builds ended, the end of %d was estimated 12 hours off or more", ended, absurd)
	}
}
