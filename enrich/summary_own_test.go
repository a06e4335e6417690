package enrich

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func TestSummariesOfCampaignsAndAlerts(t *testing.T) {
	began := time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC)
	half := func(change func(*event.Campaign)) *event.Event {
		c := &event.Campaign{
			Name: "f44", Step: event.StepHalf, StartedAt: began, At: began.Add(26 * time.Hour),
			Total: koji.Some(int64(40)), Percent: koji.Some(int64(50)), Done: koji.Some(int64(18)), Failed: koji.Some(int64(2)),
			Causes: []event.Cause{{Kind: "disk", Count: 1}, {Kind: "compile", Count: 4, Packages: []string{"0ad", "aalib", "abi", "ack"}}},
		}
		change(c)
		return &event.Event{Type: event.CampaignType, Campaign: c}
	}
	alert := &event.Alert{Key: "host-silent/b-1", State: event.AlertFiring, Evidence: "It is silent.", Remedy: "Look there.", Since: began, Until: began.Add(time.Hour)}
	resolved := *alert
	resolved.State = event.AlertResolved
	for want, e := range map[string]*event.Event{
		"campaign f44 has started: 40 packages to build":                   half(func(c *event.Campaign) { c.Step = event.StepStarted }),
		"campaign f44 has started":                                         half(func(c *event.Campaign) { c.Step, c.Total = event.StepStarted, koji.Some(int64(0)) }),
		"campaign f44: 50 % of 40 packages: 18 done, 2 failed":             half(func(*event.Campaign) {}),
		"campaign f44 has a new kind of failure, compile: 0ad, aalib, abi": half(func(c *event.Campaign) { c.Step, c.Kind = event.StepFailure, "compile" }),
		"campaign f44 is done: 18 done, 2 failed after 1 day 2 hr":         half(func(c *event.Campaign) { c.Step = event.StepDone }),
		"campaign f44 was stopped: 18 done, 2 failed after 1 day 2 hr":     half(func(c *event.Campaign) { c.Step = event.StepStopped }),
		"host-silent/b-1: It is silent. Look there.":                       {Type: event.AlertType, Alert: alert},
		"resolved: host-silent/b-1 after 1 hr":                             {Type: event.AlertType, Alert: &resolved},
		"campaign f44: 50 % of 40 packages: 18 done, 2 failed; ends about Sun 22 Nov 08:30": half(func(c *event.Campaign) {
			c.CompletionAt = time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
		}),
	} {
		if got := summary(e, time.UTC); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
