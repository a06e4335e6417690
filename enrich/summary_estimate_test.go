package enrich

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func TestSummaryTellsWhenItIsDone(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 22, 13, 5, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	const m = time.Minute
	build := func(state string, x event.Estimate) *event.Event {
		return &event.Event{
			Type: event.BuildStateChange, New: state, ReceivedAt: now, Estimate: &x,
			Build: &koji.Build{NVR: "bash-5.2-1.fc44", Created: in(-52 * m), Ended: now},
		}
	}
	task := func(state string, x event.Estimate) *event.Event {
		return &event.Event{
			Type: event.TaskStateChange, New: state, ReceivedAt: now, Estimate: &x,
			Task: &koji.Task{ID: 7, Method: "newRepo", Request: koji.Request{Tag: koji.Ref{Name: "f44-build"}}},
		}
	}
	whole := func(likely, low, high time.Duration) event.Estimate {
		return event.Estimate{Duration: koji.Some(likely), Low: koji.Some(low), High: koji.Some(high)}
	}
	at := func(done, low, high time.Duration, x event.Estimate) event.Estimate {
		x.CompletionAt, x.CompletionLow, x.CompletionHigh = in(done), in(low), in(high)
		return x
	}
	waiting := at(69*m, 57*m, 102*m, event.Estimate{StartsAt: in(45 * m), Ahead: 9})
	tests := map[string]struct {
		e    *event.Event
		want string
	}{
		"no estimate": {build("BUILDING", event.Estimate{}), "bash-5.2-1.fc44 is building"},
		"building": {
			build("BUILDING", at(27*m, 15*m, 60*m, event.Estimate{})),
			"bash-5.2-1.fc44 is building, done about 14:32 (14:20–15:05) CET",
		},
		"certain to the minute": {
			build("BUILDING", at(27*m, 27*m, 27*m+time.Second, event.Estimate{})),
			"bash-5.2-1.fc44 is building, done about 14:32 CET",
		},
		"a wide interval": {
			build("BUILDING", at(100*m, 70*m, 170*m, event.Estimate{})),
			"bash-5.2-1.fc44 is building, done in 1 to 3 hours",
		},
		"days": {
			build("BUILDING", at(50*time.Hour, 20*time.Hour, 70*time.Hour, event.Estimate{})),
			"bash-5.2-1.fc44 is building, done in up to 3 days",
		},
		"tomorrow": {
			build("BUILDING", at(12*time.Hour, 11*time.Hour, 13*time.Hour, event.Estimate{})),
			"bash-5.2-1.fc44 is building, done about Mon 02:05 (Mon 01:05–Mon 03:05) CET",
		},
		"overdue": {
			build("BUILDING", at(2*m, time.Second, 10*m, event.Estimate{Overdue: true})),
			"bash-5.2-1.fc44 is building, takes longer than usual, done about 14:07 (14:05–14:15) CET",
		},
		"done in seconds": {task("OPEN", at(20*time.Second, 10*time.Second, 30*time.Second, event.Estimate{})), "new repository of f44-build started"},
		"waiting": {
			task("FREE", waiting),
			"new repository of f44-build waits for a host (9 ahead), starts about 14:50, done about 15:14 (15:02–15:47) CET",
		},
		"waiting, nothing known of the work": {
			task("FREE", event.Estimate{StartsAt: in(45 * m), Ahead: 1}),
			"new repository of f44-build waits for a host (1 ahead), starts about 14:50 CET",
		},
		"late": {
			build("COMPLETE", at(-12*m, -20*m, -5*m, whole(40*m, 30*m, 47*m))),
			"bash-5.2-1.fc44 is complete after 52 min, done 12 min late",
		},
		"within the interval": {
			build("COMPLETE", at(-12*m, -20*m, 5*m, whole(40*m, 30*m, 57*m))),
			"bash-5.2-1.fc44 is complete after 52 min",
		},
		"early": {
			build("COMPLETE", at(8*m, 2*m, 15*m, whole(60*m, 54*m, 70*m))),
			"bash-5.2-1.fc44 is complete after 52 min, 8 min earlier than usual",
		},
		"failed early": {
			build("FAILED", at(8*m, 2*m, 15*m, whole(60*m, 54*m, 70*m))),
			"bash-5.2-1.fc44 failed after 52 min",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := summary(tt.e, berlin); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
