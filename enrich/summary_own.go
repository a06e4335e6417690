package enrich

import (
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// campaign describes a step of a campaign.
func (s *sentence) campaign(c *event.Campaign, place *time.Location) {
	if c == nil {
		return
	}
	s.add("campaign ", c.Name)
	switch c.Step {
	case event.StepStarted:
		s.add(" has started")
		if c.Total.Value > 0 {
			s.add(": ", number(c.Total.Value), " packages to build")
		}
		return
	case event.StepFailure:
		s.newCause(c)
		return
	case event.StepDone:
		s.add(" is done")
	case event.StepStopped:
		s.add(" was stopped")
	default:
		s.add(": ", number(c.Percent.Value), " % of ", number(c.Total.Value), " packages")
	}
	s.add(": ", number(c.Done.Value), " done, ", number(c.Failed.Value), " failed")
	switch {
	case c.Step == event.StepDone || c.Step == event.StepStopped:
		if !c.StartedAt.IsZero() {
			s.after(koji.Some(c.At.Sub(c.StartedAt)))
		}
	case !c.CompletionAt.IsZero():
		s.add("; ends about ", c.CompletionAt.In(place).Format("Mon 2 Jan 15:04"))
	}
}

// newCause describes that packages of a campaign fail by a kind of cause that is new.
func (s *sentence) newCause(c *event.Campaign) {
	s.add(" has a new kind of failure, ", c.Kind)
	for i := range c.Causes {
		if cause := &c.Causes[i]; cause.Kind == c.Kind {
			for n, name := range cause.Packages[:min(3, len(cause.Packages))] {
				s.add([]string{": ", ", "}[min(n, 1)], name)
			}
		}
	}
}

// alert describes an alert.
func (s *sentence) alert(a *event.Alert) {
	if a == nil {
		return
	}
	if a.State == event.AlertResolved {
		s.add("resolved: ", a.Key)
		if !a.Since.IsZero() {
			s.after(koji.Some(a.Until.Sub(a.Since)))
		}
		return
	}
	s.add(a.Key)
	if a.Evidence != "" {
		s.add(": ", a.Evidence)
	}
	if a.Remedy != "" {
		s.add(" ", a.Remedy)
	}
}
