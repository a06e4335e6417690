// Package reconcile asks the hub for what messages should have told, and has what a sink
// was not told put into its queue, as messages in Koji's own form.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Memory knows what a sink was told.
type Memory interface {
	Known(f *facts.Fact) bool
}

// Publisher puts messages into queues, confirmed.
type Publisher interface {
	Publish(ctx context.Context, messages []publish.Message) []error
}

// Repair finds what a sink was not told, and has it told.
type Repair struct {
	API       kojirpc.API
	Memory    Memory
	Publisher Publisher // nil: nothing is told
	Route     Route
	// Pause is the least time between two requests to the hub. It is as long as the
	// request took if that was longer, so that the hub works for it half the time at most.
	Pause time.Duration
	// Missed is called for each fact that the sink was not told. Nil: it is not.
	Missed func(*Fact)
	// Note is called when all up to a time has been told, which holds over a restart
	// if it is written down. Nil: it is not.
	Note func(upTo time.Time) error
}

// Result says what a repair found.
type Result struct {
	Found int // facts that the hub tells
	Sent  int // those of them that the sink was not told
	// First and Last are when the first and the last of these happened.
	First, Last time.Time
	Requests    int
}

// The pieces of time that the hub is asked for at once. They become longer while little
// happens in them, and shorter where much does.
const (
	firstSlice = 10 * time.Minute
	mostSlice  = 2 * time.Hour
	leastSlice = time.Second
)

// Run repairs what happened from one time up to another. It may be broken off at any time
// and goes on from what was noted last.
func (r *Repair) Run(ctx context.Context, from, to time.Time) (Result, error) {
	var result Result
	length := firstSlice
	for from.Before(to) {
		s := slice{from, from.Add(length)}
		if s.to.After(to) {
			s.to = to
		}
		limit := pageSize
		if length <= leastSlice {
			limit = 0
		}
		begun := time.Now()
		found, full, err := ask(ctx, r.API, &r.Route, s, limit)
		result.Requests++
		switch {
		case err != nil:
			return result, fmt.Errorf("ask the hub for what happened since %s: %w", s.from.UTC().Format(time.RFC3339), err)
		case full:
			length = max(min(length, s.to.Sub(s.from))/2, leastSlice)
		default:
			if err := r.tell(ctx, found, &result); err != nil {
				return result, err
			}
			if from = s.to; r.Note != nil {
				if err := r.Note(from); err != nil {
					return result, err
				}
			}
			if len(found) < pageSize/4 {
				length = min(2*length, mostSlice)
			}
		}
		if from.Before(to) {
			clock.Sleep(ctx, max(r.Pause, time.Since(begun)))
		}
		if err := ctx.Err(); err != nil {
			return result, err
		}
	}
	return result, nil
}

// tell has the sink told those facts that it was not.
func (r *Repair) tell(ctx context.Context, found []Fact, result *Result) error {
	var messages []publish.Message
	var missing []Fact
	for i := range found {
		f := &found[i]
		if r.Memory.Known(&f.Fact) {
			continue
		}
		m, err := f.message(&r.Route)
		if err != nil {
			return err
		}
		messages, missing = append(messages, m), append(missing, *f)
	}
	if r.Publisher != nil && len(messages) > 0 {
		if err := errors.Join(r.Publisher.Publish(ctx, messages)...); err != nil {
			return fmt.Errorf("publish what was missed to queue %q: %w", r.Route.Queue, err)
		}
	}
	for i := range missing {
		if r.Missed != nil {
			r.Missed(&missing[i])
		}
	}
	result.Found += len(found)
	result.Sent += len(missing)
	for i := range missing {
		at := missing[i].At
		if result.First.IsZero() || at.Before(result.First) {
			result.First = at
		}
		if at.After(result.Last) {
			result.Last = at
		}
	}
	return nil
}
