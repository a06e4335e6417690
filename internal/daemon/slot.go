package daemon

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/parse"
)

// sinkSlot passes a pipeline's events to its current generation. It may be used by
// several lanes at once.
type sinkSlot struct {
	sending *semaphore.Weighted // one for each batch that is being sent
	current atomic.Pointer[activeGeneration]
}

// allHands are more than there are lanes.
const allSends = 1 << 30

// activeGeneration is the time of one generation.
type activeGeneration struct {
	*generation
	ended context.Context // ends what is being sent, to be tried again
	end   context.CancelFunc
}

func activate(s *generation) *activeGeneration {
	over, cancel := context.WithCancel(context.Background())
	return &activeGeneration{s, over, cancel}
}

func newSinkSlot(s *generation) *sinkSlot {
	o := &sinkSlot{sending: semaphore.NewWeighted(allSends)}
	o.current.Store(activate(s))
	return o
}

// generation returns the current generation.
func (o *sinkSlot) generation() *generation { return o.current.Load().generation }

// ParseInto implements the handler's reader.
func (o *sinkSlot) ParseInto(r *event.Record, d *parse.Delivery) error {
	return o.generation().parser.ParseInto(r, d)
}

var (
	_ pipeline.EventFilter   = (*sinkSlot)(nil)
	_ pipeline.FailureSeeker = (*sinkSlot)(nil)
)

// Wants tells what the generation of the moment makes of an event. One that takes its
// place before the event is sent decides again.
func (o *sinkSlot) Wants(e *event.Event) bool { return o.generation().filtered.Wants(e) }

// WantsFailures implements pipeline.FailureSeeker.
func (o *sinkSlot) WantsFailures() bool { return o.generation().filtered.WantsFailures() }

// Send implements sinks.Sink.
func (o *sinkSlot) Send(ctx context.Context, events []*event.Event) error {
	if err := o.sending.Acquire(ctx, 1); err != nil {
		return err
	}
	defer o.sending.Release(1)
	t := o.current.Load()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.ended, cancel)() //nolint:contextcheck // the generation ends when it is over, whoever sends
	return t.filtered.Send(ctx, events)
}

// Close implements sinks.Sink.
func (o *sinkSlot) Close() error { return o.generation().close(nil) }

// swap has what is being sent finished and then puts another generation in the place
// of the one that there was, which it closes. What takes longer than grace is
// broken off, to be tried again by the new one. A sink that does not let go even
// then keeps its place, and the error says so.
func (o *sinkSlot) swap(ctx context.Context, grace time.Duration, next *generation) error {
	before := o.current.Load()
	defer time.AfterFunc(grace, before.end).Stop()
	ctx, cancel := context.WithTimeout(ctx, grace+lastGrace)
	defer cancel()
	if err := o.sending.Acquire(ctx, allSends); err != nil {
		o.current.Store(activate(before.generation))
		return errors.Join(errHanging, next.close(before.generation))
	}
	defer o.sending.Release(allSends)
	return o.replace(next)
}

// replace is swap where nothing is being sent.
func (o *sinkSlot) replace(next *generation) error {
	before := o.current.Load()
	next.inherit(before.generation)
	o.current.Store(activate(next))
	before.end()
	return before.close(next)
}

// lastGrace is how much longer than what is in hand the rest of an ending may
// take.
const lastGrace = 5 * time.Second

// errHanging reports that a sink has not returned from sending. The end of the
// process gives that back to the broker.
var errHanging = errors.New("does not let go of what it was sent")
