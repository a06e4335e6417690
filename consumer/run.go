package consumer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// ending tells how a session went.
type ending struct {
	why    *broker.Failure // nil if it was asked to end
	worked bool            // it settled something, or was there to do so for long
}

// session runs one session from dial to close. While the sink is down that is as
// always: whatever is tried is in hand, so no other replica can have it, too. It
// does not hold less meanwhile either. A quorum queue serves what was given back
// in the order in which that happened: a session that took a part of it and gave
// that back would put it behind the rest.
func (c *Consumer[T]) session(ctx context.Context) ending {
	if err := c.stream.acquire(ctx); err != nil {
		return ending{why: asFailure(err)}
	}
	defer c.stream.release()
	settler := settle.New(c.counters.epoch.Load()+1, c.options.Prefetch, &c.counters.stale)
	s, err := openSession(ctx, c.dialer, c.topology, settler, c.options.Prefetch)
	if err != nil {
		return ending{why: asFailure(err)}
	}
	begun := time.Now()
	c.counters.begin(settler, s)
	c.sessions.end(s)
	w := c.start(ctx, s)
	why := s.watch(ctx, c.holdLimit())
	c.counters.connected.Store(false)
	c.finish(ctx, w, why)
	c.counters.end(settler)
	c.pipeline.saveAttempts(true)
	return ending{why: asFailure(why), worked: settler.DidWork() || time.Since(begun) > c.options.RetryLast}
}

// holdLimit returns 0, which is none, for a queue that would vanish with all it holds.
func (c *Consumer[T]) holdLimit() time.Duration {
	if c.topology.queue.Transient() {
		return 0
	}
	return c.options.HoldLimit
}

// work holds a session and the pipeline for its deliveries.
type work[T any] struct {
	session  *session
	pipeline *pipeline[T]
	soft     context.CancelFunc // begin nothing new
	hard     context.CancelFunc // give up what is in hand
	idle     chan struct{}      // closed: nothing is in hand
	counting sync.WaitGroup     // what waits on the broker or writes the position
	acks     sync.WaitGroup
	stopAcks context.CancelFunc
}

// start starts the work on what the session brings.
func (c *Consumer[T]) start(ctx context.Context, s *session) *work[T] {
	dead := &deadLetterWriter{
		sink:     c.options.Sink,
		letters:  c.dead,
		settler:  s.settler,
		stream:   c.stream,
		counters: c.counters,
		backoff:  c.pipeline.backoff,
		failure:  c.deadFailure,
		log:      &c.deadLog,
		wake:     make(chan struct{}, 1),
	}
	w := &work[T]{
		session:  s,
		pipeline: newPipeline(c.pipeline, s.settler, dead, s.queue.name, s.queue.deliveryLimit),
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
	serving := &serving{
		settler: s.settler, lastDelivery: c.counters.lastDeliveryAt, began: time.Now(),
		single: c.topology.queue.SingleActive, patience: c.options.UnservedAfter,
	}
	w.counting.Go(func() {
		c.backlog.run(soft, s.conn, s.queue.name, c.options.DeadQueue, func(messages, consumers int) {
			if serving.isUnserved(messages, consumers, time.Now()) {
				close(s.unserved)
			}
		})
	})
	w.counting.Go(func() { c.stream.keep(soft) })
	w.acks.Go(func() { s.settler.SendAcks(acks, s.channel) })
	return w
}

// finish gives what is in hand its grace, acknowledges what is done and closes the
// session. What came to an end only now, with the channel gone, is stale.
//
// The consumer is not cancelled first: a single active consumer that cancels has
// the broker go on with the next one, and what that is sent would overtake what is
// still in hand here. The end of the connection gives back all at once.
func (c *Consumer[T]) finish(ctx context.Context, w *work[T], why error) {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.options.Grace)
	defer cancel()
	defer context.AfterFunc(grace, w.hard)()
	if alive(why) {
		w.session.conn.LimitTimeout(c.options.Grace)
	} else {
		w.session.settler.Lose()
	}
	w.soft()
	select {
	case <-w.idle:
	case <-grace.Done():
	case <-c.closeNow:
	}
	w.hard()
	<-w.idle
	c.saveLast(ctx, w)
	w.stopAcks()
	w.acks.Wait()
	w.session.settler.Lose()
	w.session.conn.Close()
	w.counting.Wait() // for an answer that doesn't come, until the connection has ended
}

// saveLast keeps the deliveries that must not be given back.
func (c *Consumer[T]) saveLast(ctx context.Context, w *work[T]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.options.RPCTimeout)
	defer cancel()
	w.pipeline.saveLast(ctx)
}

// alive reports whether the channel still is, when a session ends for this reason.
func alive(why error) bool {
	fail := asFailure(why)
	return fail == nil || fail.Cause == broker.CauseHeld || fail.Cause == broker.CauseUnserved || fail.Cause == broker.CauseCancelled
}

func asFailure(err error) *broker.Failure {
	if err == nil {
		return nil
	}
	if fail, ok := errors.AsType[*broker.Failure](err); ok {
		return fail
	}
	return &broker.Failure{Cause: broker.CauseConnectionLost, Err: err}
}
