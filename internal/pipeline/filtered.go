package pipeline

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// Filtered is a sink that gets only what its filter lets pass. What is turned
// away is done: its message is acknowledged.
type Filtered struct {
	sinks.Sink
	filter *filter.Filter
	// failures says that events shall tell why things failed.
	failures bool
	window   *filter.Window // nil: events that come again pass
	again    atomic.Uint64  // events that the window has turned away
	before   filterCounts   // of the filters whose place it has
}

// filterCounts are the counts of filters.
type filterCounts struct {
	turned map[string]uint64
	failed uint64
}

// NewFiltered puts the filter of a sink before it.
func NewFiltered(c *config.Config, s *config.Sink, sink sinks.Sink) (*Filtered, error) {
	f, err := sinkbuild.NewFilter(c, s)
	if err != nil {
		return nil, err
	}
	out := &Filtered{Sink: sink, filter: f, failures: s.Failure}
	if s.Filter.Dedup.Window > 0 {
		out.window = filter.NewWindow(s.Filter.Dedup.Count, s.Filter.Dedup.Window)
	}
	return out, nil
}

// Inherit takes over what another filter has counted, and what it remembers of
// events if it has the same window.
func (f *Filtered) Inherit(from *Filtered, sameWindow bool) {
	f.before = filterCounts{from.Turned(), from.Failed()}
	if sameWindow {
		f.window = from.window
	}
}

// Failed returns how often the expression could not be evaluated.
func (f *Filtered) Failed() uint64 { return f.before.failed + f.filter.Failed() }

// Turned returns how many events each key of the configuration has turned away.
func (f *Filtered) Turned() map[string]uint64 {
	counts := f.filter.Turned()
	counts[filter.KeyDedup] = f.again.Load()
	for key, n := range f.before.turned {
		counts[key] += n
	}
	return counts
}

// Total returns how many events were turned away.
func (f *Filtered) Total() uint64 {
	var n uint64
	for _, count := range f.Turned() {
		n += count
	}
	return n
}

// WantsFailures implements FailureSeeker.
func (f *Filtered) WantsFailures() bool { return f.failures }

// Wants reports whether an event passes, as far as that is known before those ahead of
// it are sent.
func (f *Filtered) Wants(e *event.Event) bool { return f.pass(e, nil) }

// Send implements sinks.Sink.
func (f *Filtered) Send(ctx context.Context, events []*event.Event) error {
	if f.window == nil && f.filter.Empty() {
		return f.Sink.Send(ctx, events)
	}
	kept := make([]*event.Event, 0, len(events))
	places := make([]int, 0, len(events))
	for i, e := range events {
		if f.pass(e, kept) {
			kept = append(kept, e)
			places = append(places, i)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	err := f.Sink.Send(ctx, kept)
	f.remember(kept, err)
	if each, ok := errors.AsType[*sinks.BatchError](err); ok {
		return spread(each, places, len(events))
	}
	return err
}

// pass asks the filter and, if there is one, the window; the latter also about
// what goes out together with the event.
func (f *Filtered) pass(e *event.Event, kept []*event.Event) bool {
	if !f.filter.Pass(e) {
		return false
	}
	if f.window == nil {
		return true
	}
	again := f.window.Has(e.ID, time.Now())
	for i := 0; !again && i < len(kept); i++ {
		again = kept[i].ID == e.ID
	}
	if again {
		f.again.Add(1)
	}
	return !again
}

// remember notes what has arrived. Of a batch that failed as a whole nothing is
// known to have.
func (f *Filtered) remember(kept []*event.Event, err error) {
	if f.window == nil {
		return
	}
	each, ok := errors.AsType[*sinks.BatchError](err)
	if err != nil && !ok {
		return
	}
	now := time.Now()
	for i, e := range kept {
		if err == nil || i < len(each.Errs) && each.Errs[i] == nil {
			f.window.Remember(e.ID, now)
		}
	}
}

// spread makes of an error about what passed one about the whole batch. What was
// turned away behind an event without an answer shares its lot.
func spread(each *sinks.BatchError, places []int, n int) error {
	if answered := len(each.Errs); answered < len(places) {
		n = places[answered]
	}
	errs := make([]error, n)
	for i, err := range each.Errs[:min(len(each.Errs), len(places))] {
		errs[places[i]] = err
	}
	return &sinks.BatchError{Errs: errs, Rest: each.Rest}
}
