package daemon

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/announce"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// sentinelPeriod is how often the build system is checked.
const sentinelPeriod = time.Minute

// alertsFile is the file in the state folder with the alerts that are firing, in this form.
const (
	alertsFile   = "alerts.json"
	alertsFormat = 1
)

// alerts finds what is wrong with the build system, and logs it.
type alerts struct {
	*sentinel.Sentinel
	kinds []sentinel.Kind
	log   zerolog.Logger
	path  string    // "": they are in memory only
	next  time.Time // when to look again
}

// alertsRecord is what is written down.
type alertsRecord struct {
	Format int              `json:"format"`
	Firing []sentinel.Alert `json:"firing"`
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
	a := &alerts{Sentinel: sentinel.New(sentinel.Options{
		Kinds: kinds, Estimates: estimates.ForSentinel(), Logs: estimates.LogsForSentinel(),
	}), kinds: kinds, log: log}
	a.restore(c.StateDir)
	return a
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

// due logs the alerts that have begun or ended since it was called last, and returns events
// about them. It looks once a period, the first time a period after it was called first.
func (a *alerts) due(now time.Time) []*event.Event {
	first := a.next.IsZero()
	if now.Before(a.next) {
		return nil
	}
	if a.next = now.Add(sentinelPeriod); first {
		return nil
	}
	var events []*event.Event
	for _, alert := range a.Check(now) {
		a.logAlert(&alert)
		events = append(events, alertEvent(&alert))
	}
	return events
}

func (a *alerts) logAlert(alert *sentinel.Alert) {
	line, text := a.log.Warn(), "the build system needs attention"
	if alert.Resolved {
		line, text = a.log.Info().Dur("lasted", alert.Until.Sub(alert.Since)), "resolved"
	}
	line.Str("alert", string(alert.Kind)).Str("severity", string(alert.Severity)).
		Str("evidence", alert.Evidence).Str("remedy", alert.Remedy).Msg(text)
}

// The bounds of the texts of an alert, in characters.
const (
	maxAlertName = 50
	maxAlertText = 500
)

// alertEvent returns the event about an alert.
func alertEvent(a *sentinel.Alert) *event.Event {
	cut := func(text string) string { return format.Truncate(text, maxAlertName) }
	s := &a.Subject
	e := &event.Alert{
		Key: string(a.Kind) + "/" + format.Truncate(s.String(), 2*maxAlertName), State: event.AlertFiring,
		Kind: string(a.Kind), Severity: event.Severity(a.Severity), Since: a.Since,
		Evidence: format.Truncate(a.Evidence, maxAlertText), Remedy: format.Truncate(a.Remedy, maxAlertText),
		Task: s.Task, Host: cut(cmp.Or(s.Host, a.Host)), Channel: cut(s.Channel), Arch: cut(s.Arch), Target: cut(s.Target), Tag: cut(s.Tag),
	}
	if a.Resolved {
		e.State, e.Until = event.AlertResolved, a.Until
	}
	id := announce.ID("kojiwatch alert", e.Key, a.Since.UTC().Format(time.RFC3339), string(e.State))
	return &event.Event{ID: id, Type: event.AlertType, Dialect: event.Kojiwatch, Alert: e}
}

// restore takes in the alerts that were firing when the daemon ended, so that they are not
// told again.
func (a *alerts) restore(dir string) {
	if dir == "" {
		return
	}
	a.path = filepath.Join(dir, alertsFile)
	text, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var r alertsRecord
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil || r.Format != alertsFormat {
		a.log.Warn().Err(err).Str("file", a.path).Msg("cannot read which alerts were firing; they may be told again")
		return
	}
	a.Restore(r.Firing)
}

// keep writes down which alerts are firing.
func (a *alerts) keep() error {
	if a.path == "" {
		return nil
	}
	if err := atomicfile.ReplaceJSON(a.path, alertsRecord{alertsFormat, a.Firing()}); err != nil {
		return fmt.Errorf("write which alerts are firing: %w", err)
	}
	return nil
}
