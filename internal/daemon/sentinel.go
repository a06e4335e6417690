package daemon

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
)

// sentinelPeriod is how often the build system is checked.
const sentinelPeriod = time.Minute

// alerts raises alerts about the build system, in the log.
type alerts struct {
	*sentinel.Sentinel
	kinds []sentinel.Kind
	log   zerolog.Logger
}

// newAlerts returns nil if no alerts are configured.
func newAlerts(c *config.Config, estimates *estimation.Service, log zerolog.Logger) *alerts {
	kinds := c.Sentinel.Kinds()
	if len(kinds) == 0 {
		return nil
	}
	if slices.Contains(kinds, sentinel.TaskOverdue) {
		estimates.WhileSeen(func() bool { return true })
	}
	return &alerts{sentinel.New(sentinel.Options{
		Kinds: kinds, Estimates: estimates.ForSentinel(), Logs: estimates.LogsForSentinel(),
	}), kinds, log}
}

// observe passes a task's change of state to the sentinel.
func (a *alerts) observe(e *event.Event) {
	if e.Type == event.TaskStateChange && e.Task != nil {
		a.Observe(e.Task, estimation.HappenedAt(e))
	}
}

// counts returns the number of alerts of each configured kind that are firing.
func (a *alerts) counts() map[sentinel.Kind]int {
	counts := make(map[sentinel.Kind]int, len(a.kinds))
	for _, k := range a.kinds {
		counts[k] = 0
	}
	for _, alert := range a.Firing() {
		counts[alert.Kind]++
	}
	return counts
}

// start checks the build system periodically until ctx ends or the returned function is
// called, which waits.
func (a *alerts) start(ctx context.Context) (end func()) {
	if a == nil {
		return func() {}
	}
	return every(ctx, sentinelPeriod, a.check)
}

// check logs the alerts that have begun or ended.
func (a *alerts) check(now time.Time) {
	for _, alert := range a.Check(now) {
		line, text := a.log.Warn(), "the build system needs attention"
		if alert.Resolved {
			line, text = a.log.Info().Dur("lasted", alert.Until.Sub(alert.Since)), "resolved"
		}
		line.Str("alert", string(alert.Kind)).Str("severity", string(alert.Severity)).
			Str("evidence", alert.Evidence).Str("remedy", alert.Remedy).Msg(text)
	}
}
