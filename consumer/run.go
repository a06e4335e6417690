package consumer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
)

// ending describes how a session ended.
type ending struct {
	why    *broker.Failure // nil if the context or the stream ended
	worked bool            // it settled a delivery, or lasted long enough to do so
}

// session runs one session from dial to close, also while the sink is down: every value
// tried belongs to the session, so no other replica can have it too. The prefetch count
// stays the same while the sink is down. A quorum queue redelivers messages in the order in
// which they were given back: a session that took only a part of them and gave it back would
// put that part behind the rest.
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

// holdLimit returns Options.HoldLimit, or 0 for a queue that is deleted with its session.
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
	soft     context.CancelFunc // stops new attempts
	hard     context.CancelFunc // interrupts attempts in progress
	idle     chan struct{}      // closed when the pipeline has ended
	counting sync.WaitGroup     // goroutines that count the backlog and save the position
	acks     sync.WaitGroup
	stopAcks context.CancelFunc
}

// start starts the goroutines that process the deliveries of a session.
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

// finish waits for deliveries in flight, up to Options.Grace, sends the acks and closes the
// session. If the channel is gone, deliveries that are settled only now are stale.
//
// It does not cancel the consumer first: when a single active consumer cancels, the broker
// delivers to the next one, whose messages would overtake those still in flight here.
// Closing the connection gives back all of them at once.
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
	w.counting.Wait() // an outstanding answer of the broker ends with the connection
}

// saveLast stores the deliveries that must not be given back as dead letters.
func (c *Consumer[T]) saveLast(ctx context.Context, w *work[T]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.options.RPCTimeout)
	defer cancel()
	w.pipeline.saveLast(ctx)
}

// alive reports whether the channel is still open when a session ends for this reason.
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
