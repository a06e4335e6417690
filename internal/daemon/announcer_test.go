package daemon

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/announce"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/koji"
)

// labQueues are the queues of two sinks; another process works for the second one.
type labQueues struct{}

func (labQueues) consumers() []sinkConsumer {
	return []sinkConsumer{{announce.Queue{Sink: "a", Name: "qa"}, false}, {announce.Queue{Sink: "b", Name: "qb"}, true}}
}

// labPublisher notes what is published.
type labPublisher struct {
	fails bool
	got   []string // queue and id
}

func (p *labPublisher) Publish(_ context.Context, messages []publish.Message) []error {
	errs := make([]error, len(messages))
	for i := range messages {
		if p.fails {
			errs[i] = errors.New("the broker is away")
		} else {
			p.got = append(p.got, messages[i].Key+" "+messages[i].MessageId)
		}
	}
	return errs
}

func (p *labPublisher) Close() {}

// announcerIn returns an announcer with its state in a folder, as after a restart.
func announcerIn(t *testing.T, dir string, p *labPublisher, configured ...config.Campaign) *announcer {
	t.Helper()
	c := &config.Config{StateDir: dir, Sentinel: config.Sentinel{Alerts: []string{"task-freed"}}}
	return &announcer{
		outbox: openOutbox(dir, zerolog.Nop()), campaigns: campaignsIn(t, dir, configured...), alerts: newAlerts(c, nil, zerolog.Nop()),
		sinks: labQueues{}, publisher: func() closingPublisher { return p }, failures: cliutil.FailureLogger{Log: zerolog.Nop()},
	}
}

// TestStepsAreAnnounced: a step is sent to the sinks that are ours, once, across restarts and
// failures.
func TestStepsAreAnnounced(t *testing.T) {
	dir, p, now := t.TempDir(), &labPublisher{fails: true}, time.Now()
	rebuild := config.Campaign{Name: "rebuild", Packages: []string{"bash"}}
	announcerIn(t, dir, p, rebuild).announce(t.Context(), now)
	p.fails = false
	a := announcerIn(t, dir, p, rebuild)
	a.announce(t.Context(), now)
	a.announce(t.Context(), now)
	announcerIn(t, dir, p, rebuild).announce(t.Context(), now)
	if want := []string{"qa kojiwatch campaign rebuild started"}; !slices.Equal(p.got, want) {
		t.Fatalf("got %q, want %q", p.got, want)
	}
	a.campaigns.Observe(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: 1, Name: "bash", State: koji.BuildComplete}})
	a.announce(t.Context(), now)
	if len(p.got) != 2 || p.got[1] != "qa kojiwatch campaign rebuild done" {
		t.Errorf("in the end got %q", p.got)
	}
}

// TestFailuresArePaced: after a failure the broker is left alone for a while.
func TestFailuresArePaced(t *testing.T) {
	p, now := &labPublisher{fails: true}, time.Now()
	a := announcerIn(t, t.TempDir(), p, config.Campaign{Name: "rebuild", Packages: []string{"bash"}})
	a.announce(t.Context(), now)
	p.fails = false
	if a.announce(t.Context(), now.Add(announcePeriod)); len(p.got) > 0 {
		t.Errorf("at once: %q", p.got)
	}
	if a.announce(t.Context(), now.Add(announcePause)); len(p.got) != 1 {
		t.Errorf("later: %q", p.got)
	}
}

// TestAlertsAreAnnounced: an alert that fires is sent once, a restart does not send it again,
// and its end is sent.
func TestAlertsAreAnnounced(t *testing.T) {
	dir, p := t.TempDir(), &labPublisher{}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	a := announcerIn(t, dir, p)
	task := koji.Task{ID: 1, Method: "buildArch", State: koji.TaskFree, Created: now}
	tell := func(a *announcer, s koji.TaskState) {
		task.State = s
		a.alerts.observe(&event.Event{Type: event.TaskStateChange, Task: &task, ReceivedAt: now})
	}
	tell(a, koji.TaskFree)
	now = now.Add(time.Hour)
	for range 3 {
		tell(a, koji.TaskOpen)
		tell(a, koji.TaskFree)
	}
	a.announce(t.Context(), now.Add(-time.Minute))
	fired := "qa kojiwatch alert task-freed/1 2026-11-30T13:00:00Z firing"
	a.announce(t.Context(), now)
	a.announce(t.Context(), now.Add(time.Minute))
	if !slices.Equal(p.got, []string{fired}) {
		t.Fatalf("got %q, want %q", p.got, fired)
	}
	a = announcerIn(t, dir, p)
	if a.alerts.counts()[sentinel.TaskFreed] != 1 {
		t.Error("after a restart the alert does not fire")
	}
	a.announce(t.Context(), now)
	tell(a, koji.TaskFree)
	for range 3 {
		tell(a, koji.TaskOpen)
		tell(a, koji.TaskFree)
	}
	now = now.Add(time.Hour)
	if a.announce(t.Context(), now); !slices.Equal(p.got, []string{fired}) {
		t.Fatalf("after a restart got %q", p.got)
	}
	tell(a, koji.TaskClosed)
	a.announce(t.Context(), now.Add(time.Minute))
	if resolved := strings.Replace(fired, "firing", "resolved", 1); !slices.Equal(p.got, []string{fired, resolved}) {
		t.Errorf("in the end got %q", p.got)
	}
	if n := announcerIn(t, dir, p).alerts.Firing(); len(n) != 0 {
		t.Errorf("%v are firing", n)
	}
}

// TestAlertEvents: what a message says of an alert is bounded, and its id fits.
func TestAlertEvents(t *testing.T) {
	long := strings.Repeat("ž", 1000)
	e := alertEvent(&sentinel.Alert{
		Kind: sentinel.HostSilent, Severity: sentinel.Critical, Subject: sentinel.Subject{Host: long, Tag: long}, Evidence: long, Remedy: long,
	})
	if len(e.ID) > 255 || len(e.Alert.Key) > 600 || len(e.Alert.Evidence) > 2000 || len(e.Alert.Host) > 200 {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
	e = alertEvent(&sentinel.Alert{Kind: sentinel.QueueStalled, Severity: sentinel.Critical, Subject: sentinel.Subject{Channel: "default", Arch: "s390x"}})
	if e.Alert.Key != "queue-stalled/default/s390x" || e.Alert.State != event.AlertFiring {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
}

func TestWhoWorksForASink(t *testing.T) {
	now := time.Now()
	for name, test := range map[string]struct {
		stats        consumer.Stats
		singleActive bool
		elsewhere    bool
	}{
		"alone":                        {consumer.Stats{Connected: true, Since: now}, true, false},
		"no session":                   {consumer.Stats{}, true, false},
		"another was there first":      {consumer.Stats{Connected: true, Since: now, OtherConsumers: 1}, true, true},
		"this one took over":           {consumer.Stats{Connected: true, Since: now, OtherConsumers: 1, LastDelivery: now.Add(1)}, true, false},
		"all share the queue":          {consumer.Stats{Connected: true, Since: now, OtherConsumers: 1}, false, false},
		"another reads for the stream": {consumer.Stats{Standby: true}, false, true},
	} {
		if got := isElsewhere(&test.stats, test.singleActive); got != test.elsewhere {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
