package consumer

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ending is how a session went.
type ending[T any] struct {
	why    *failure  // nil if it was asked to end
	worked bool      // it settled something, or was there to do so for long
	stuck  []item[T] // what waited longest, if the sink seems to be down
}

// session runs one session from dial to close.
func (c *Consumer[T]) session(ctx context.Context) ending[T] {
	settler := newSettler(c.counters.epoch.Load()+1, c.options.Prefetch, &c.counters.stale)
	s, err := c.dialer.openSession(ctx, c.topology, settler, c.options.Prefetch)
	if err != nil {
		return ending[T]{why: asFailure(err)}
	}
	begun := time.Now()
	c.counters.begin(settler)
	c.outage.end(s)
	w := c.start(ctx, s)
	why := w.watch(ctx, c.holdLimit())
	c.counters.connected.Store(false)
	c.finish(w, why)
	c.counters.end(settler)
	end := ending[T]{why: asFailure(why), worked: settler.didWork() || time.Since(begun) > c.options.RetryLast}
	if end.why != nil && end.why.cause == CauseHeld {
		end.stuck = w.pipeline.stuck()
	}
	return end
}

// holdLimit does not go for a queue that would vanish with all it holds.
func (c *Consumer[T]) holdLimit() time.Duration {
	if c.topology.queue.transient() {
		return 0
	}
	return c.options.HoldLimit
}

// work is a session with what works on its deliveries.
type work[T any] struct {
	*session
	pipeline *pipeline[T]
	soft     context.CancelFunc // begin nothing new
	hard     context.CancelFunc // give up what is in hand
	idle     chan struct{}      // closed: nothing is in hand
	acks     sync.WaitGroup
	stopAcks context.CancelFunc
}

// start sets to work on what the session brings.
func (c *Consumer[T]) start(ctx context.Context, s *session) *work[T] {
	dead := &deadLane{
		sink:     c.options.Sink,
		letters:  c.letters,
		settler:  s.settler,
		counters: c.counters,
		pause:    c.pipes.pause,
		trouble:  c.burial,
		log:      &c.deadLog,
		wake:     make(chan struct{}, 1),
	}
	w := &work[T]{
		session:  s,
		pipeline: newPipeline(c.pipes, s.settler, dead, s.queue),
		idle:     make(chan struct{}),
	}
	var soft, hard, acks context.Context
	soft, w.soft = context.WithCancel(ctx)
	hard, w.hard = context.WithCancel(context.WithoutCancel(ctx))
	acks, w.stopAcks = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(w.idle)
		w.pipeline.run(soft, hard, s.deliveries)
	}()
	w.acks.Go(func() { s.settler.sendAcks(acks, s.channel) })
	return w
}

// finish gives what is in hand its grace, acknowledges what is done and closes the
// session. What came to an end only now, with the channel gone, is stale.
func (c *Consumer[T]) finish(w *work[T], why error) {
	w.soft()
	if alive(why) {
		w.link.timeout = min(w.link.timeout, c.options.Grace)
		w.cancel()
	} else {
		w.settler.lose()
	}
	grace := time.NewTimer(c.options.Grace)
	defer grace.Stop()
	select {
	case <-w.idle:
	case <-grace.C:
	case <-c.abort:
	}
	w.hard()
	<-w.idle
	w.stopAcks()
	w.acks.Wait()
	w.settler.lose()
	w.link.close()
}

// alive says whether the channel still is, when a session ends for this reason.
func alive(why error) bool {
	fail := asFailure(why)
	return fail == nil || fail.cause == CauseHeld
}

func asFailure(err error) *failure {
	if err == nil {
		return nil
	}
	if fail, ok := errors.AsType[*failure](err); ok {
		return fail
	}
	return &failure{CauseConnectionLost, "", err}
}

// probe tries the value that waited longest until the sink takes or refuses it.
// Its delivery is back in the queue and will come again.
func (c *Consumer[T]) probe(ctx context.Context, stuck []item[T]) {
	if len(stuck) == 0 {
		return
	}
	pause := c.pipes.pause
	values := []T{stuck[0].v}
	for ctx.Err() == nil {
		renewal := c.pipes.gate.renewal()
		err := c.pipes.call(ctx, values)
		if each, ok := errors.AsType[*BatchError](err); ok {
			err = each.at(0)
		}
		if _, dead := permanent(err); dead || err == nil {
			c.pipes.gate.leave(false, nil)
			c.pipes.sink.fine()
			return
		}
		if !sleepUnless(ctx, renewal, max(pause.next(), min(retryAfter(err), maxRetryAfter))) {
			pause.reset()
		}
	}
}
