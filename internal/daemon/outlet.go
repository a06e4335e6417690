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

// outlet is where a line's events go: its stage of the moment. It may be used by
// several lanes at once.
type outlet struct {
	hands   *semaphore.Weighted // one for each batch that is being sent
	current atomic.Pointer[turn]
}

// allHands are more than there are lanes.
const allHands = 1 << 30

// turn is the time of one stage.
type turn struct {
	*stage
	over    context.Context // ends what is being sent, to be tried again
	breakUp context.CancelFunc
}

func newTurn(s *stage) *turn {
	over, cancel := context.WithCancel(context.Background())
	return &turn{s, over, cancel}
}

func newOutlet(s *stage) *outlet {
	o := &outlet{hands: semaphore.NewWeighted(allHands)}
	o.current.Store(newTurn(s))
	return o
}

// stage is that of the moment.
func (o *outlet) stage() *stage { return o.current.Load().stage }

// ParseInto implements the handler's reader.
func (o *outlet) ParseInto(r *event.Record, d *parse.Delivery) error {
	return o.stage().parser.ParseInto(r, d)
}

var _ pipeline.Chooser = (*outlet)(nil)

// Wants tells what the stage of the moment makes of an event. One that takes its
// place before the event is sent decides again.
func (o *outlet) Wants(e *event.Event) bool { return o.stage().filtered.Wants(e) }

// Send implements sinks.Sink.
func (o *outlet) Send(ctx context.Context, events []*event.Event) error {
	if err := o.hands.Acquire(ctx, 1); err != nil {
		return err
	}
	defer o.hands.Release(1)
	t := o.current.Load()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.over, cancel)() //nolint:contextcheck // the turn ends when it is over, whoever sends
	return t.filtered.Send(ctx, events)
}

// Close implements sinks.Sink.
func (o *outlet) Close() error { return o.stage().close(nil) }

// swap has what is being sent finished and then puts another stage in the place
// of the one that there was, which it closes. What takes longer than grace is
// broken off, to be tried again by the new one. A sink that does not let go even
// then keeps its place, and the error says so.
func (o *outlet) swap(ctx context.Context, grace time.Duration, next *stage) error {
	before := o.current.Load()
	defer time.AfterFunc(grace, before.breakUp).Stop()
	ctx, cancel := context.WithTimeout(ctx, grace+lastGrace)
	defer cancel()
	if err := o.hands.Acquire(ctx, allHands); err != nil {
		o.current.Store(newTurn(before.stage))
		return errors.Join(errHanging, next.close(before.stage))
	}
	defer o.hands.Release(allHands)
	return o.replace(next)
}

// replace is swap where nothing is being sent.
func (o *outlet) replace(next *stage) error {
	before := o.current.Load()
	next.follow(before.stage)
	o.current.Store(newTurn(next))
	before.breakUp()
	return before.close(next)
}

// lastGrace is how much longer than what is in hand the rest of an ending may
// take.
const lastGrace = 5 * time.Second

// errHanging is that a sink has not let go of what it was sent. The end of the
// process gives that back to the broker.
var errHanging = errors.New("does not let go of what it was sent")
