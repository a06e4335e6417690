package daemon

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestAlerts checks that an alert is logged when it begins and when it ends, and counted in
// between.
func TestAlerts(t *testing.T) {
	var log bytes.Buffer
	c := &config.Config{Sentinel: config.Sentinel{Alerts: []string{"host-silent", "queue-stalled"}}}
	a := newAlerts(c, nil, zerolog.New(&log))
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	task := koji.Task{ID: 1, Method: "buildArch", Arch: "x86_64", State: koji.TaskFree, Created: now}
	tell := func(s koji.TaskState) {
		task.State = s
		a.observe(&event.Event{Type: event.TaskStateChange, Task: &task, ReceivedAt: now})
	}
	tell(koji.TaskFree)
	a.due(now)
	now = now.Add(time.Hour)
	task.Host.Name = "builder1"
	tell(koji.TaskAssigned)
	a.due(now.Add(time.Minute))
	if log.Len() > 0 || a.counts()[sentinel.HostSilent] != 0 {
		t.Fatalf("too early: %s", &log)
	}
	a.due(now.Add(4 * time.Minute))
	if text := log.String(); !strings.Contains(text, `"alert":"host-silent"`) || !strings.Contains(text, "builder1") || strings.Count(text, "\n") != 1 {
		t.Errorf("logged %s", text)
	}
	if n := a.counts(); n[sentinel.HostSilent] != 1 || n[sentinel.QueueStalled] != 0 || len(n) != 2 {
		t.Errorf("counted %v", n)
	}
	log.Reset()
	now = now.Add(5 * time.Minute)
	task.Started = now
	tell(koji.TaskOpen)
	a.due(now.Add(time.Minute))
	a.due(now.Add(12 * time.Minute))
	if text := log.String(); !strings.Contains(text, `"message":"resolved"`) || strings.Count(text, "\n") != 1 {
		t.Errorf("logged %s", text)
	}
}

func TestNoAlerts(t *testing.T) {
	if newAlerts(&config.Config{}, nil, zerolog.Nop()) != nil {
		t.Error("alerts that nobody asked for")
	}
}
