package enrich

import (
	"sync/atomic"

	"github.com/kojiwatch/kojiwatch/event"
)

// Stats counts what an enricher has done so far. The counts only grow.
type Stats struct {
	// Complete and Partial count the events without and with gaps. Without a hub they are
	// zero.
	Complete, Partial uint64
	// Gaps counts the gaps by reason.
	Gaps map[string]uint64
	// Asking is the number of lookups in progress.
	Asking int
	// Down reports that the hub does not answer.
	Down bool
}

type counters struct {
	complete, partial                          atomic.Uint64
	timeout, hubDown, notFound, fault, notSaid atomic.Uint64
}

// event counts a completed event.
func (c *counters) event(e *event.Event) {
	if len(e.Enrichment.Missing) == 0 {
		c.complete.Add(1)
		return
	}
	c.partial.Add(1)
	for _, gap := range e.Enrichment.Missing {
		c.gap(gap.Reason).Add(1)
	}
}

func (c *counters) gap(reason string) *atomic.Uint64 {
	switch reason {
	case ReasonTimeout:
		return &c.timeout
	case ReasonNotFound:
		return &c.notFound
	case ReasonFault:
		return &c.fault
	case ReasonNotSaid:
		return &c.notSaid
	}
	return &c.hubDown
}

// Reasons returns the reasons of gaps.
func Reasons() []string {
	return []string{ReasonTimeout, ReasonHubDown, ReasonNotFound, ReasonFault, ReasonNotSaid}
}

// Stats returns the current counts.
func (en *Enricher) Stats() Stats {
	s := Stats{
		Complete: en.stats.complete.Load(),
		Partial:  en.stats.partial.Load(),
		Gaps:     make(map[string]uint64, len(Reasons())),
	}
	for _, reason := range Reasons() {
		s.Gaps[reason] = en.stats.gap(reason).Load()
	}
	if l := en.lookups; l != nil {
		s.Asking, s.Down = l.underWay(), l.breaker.IsOpen()
	}
	return s
}
