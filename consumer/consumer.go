package consumer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/failurelog"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// deadLogLimit is the number of dead letters logged per minute. A wrong binding can cause
// thousands.
const deadLogLimit = 10

// Consumer consumes one queue for one [Handler], session after session.
type Consumer[T any] struct {
	options     Options
	pipeline    *pipelineOptions[T]
	topology    *topology
	dialer      *broker.Dialer
	dead        DeadLetters
	stream      *stream // nil unless the queue is a stream
	counters    *counters
	backlog     *backlog
	sessions    *sessionLogger
	deadLog     zerolog.Logger
	deadFailure *failurelog.Logger // of DeadLetters.Put

	running  atomic.Bool
	closeNow chan struct{}
	once     sync.Once
}

// New returns a consumer for [Consumer.Run]. The error names every invalid option.
func New[T any](h Handler[T], o Options) (*Consumer[T], error) {
	o.setDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Consumer[T]{
		options:  o,
		counters: newCounters(),
		dead:     o.DeadLetters,
		topology: &topology{queue: o.Queue, bindings: o.Bindings, declare: o.Declare, noticeNew: o.NoticeNewQueue},
		dialer:   broker.NewDialer(o.connection(o.Name)),
		closeNow: make(chan struct{}),
	}
	log := &c.options.Log
	c.deadLog = log.Sample(&zerolog.BurstSampler{Burst: deadLogLimit, Period: time.Minute})
	c.sessions = &sessionLogger{log: log}
	c.stream = newStream(&c.options, log)
	c.topology.stream = c.stream
	c.backlog = newBacklog(&o, o.DeadLetters == nil)
	c.deadFailure = failurelog.New(log, "dead letters cannot be kept; their deliveries stay on the broker", "dead letters can be kept again")
	backoff := retry.Backoff{First: o.RetryFirst, Last: o.RetryLast}
	c.pipeline = &pipelineOptions[T]{
		handler:       h,
		workers:       o.Workers,
		keyed:         o.Keyed || o.Workers > 1 || o.BatchPolicy.waits(),
		batch:         o.Batch,
		policy:        o.BatchPolicy,
		backoff:       backoff,
		counters:      c.counters,
		limit:         o.RetryLimit,
		breaker:       breaker.New(o.DownAfter, backoff),
		sink:          failurelog.New(log, "delivery fails; trying again", "delivery works again"),
		stream:        c.stream,
		memory:        attempts.NewMemory(o.AttemptsFile),
		memoryFailure: failurelog.New(log, "failed attempts cannot be saved; after a restart they are counted from zero", "failed attempts are saved again"),
	}
	if c.dead == nil {
		c.topology.deadQueue = deadletter.NewQueueWriter(deadletter.WriterOptions{
			Broker: o.connection(o.Name + " dead letters"), Queue: o.DeadQueue, Type: DeadType(&o.Queue),
			Declare: o.Declare == Active, Log: o.Log,
		})
		c.dead = c.topology.deadQueue
	}
	return c, nil
}

// Stats returns a snapshot of the consumer's state and counts. It may be called at any time.
func (c *Consumer[T]) Stats() Stats {
	s := c.counters.snapshot()
	s.SinkDown, s.SinkDowns = c.pipeline.breaker.IsOpen(), c.pipeline.breaker.Opened()
	s.Failing = c.pipeline.sink.Active() || c.deadFailure.Active()
	s.Backlog, s.DeadLetters = c.backlog.depth(&c.backlog.own), c.backlog.depth(&c.backlog.dead)
	c.stream.addTo(&s)
	if own := c.topology.deadQueue; own != nil {
		s.Blocked = own.Blocked()
	}
	return s
}

// FatalError reports a failure before the first session that retrying cannot fix, such as
// wrong credentials.
type FatalError struct {
	Cause broker.Cause
	Hint  string // how to fix it
	Err   error
}

// Error returns the failure and the hint.
func (e *FatalError) Error() string { return e.Err.Error() + ": " + e.Hint }

// Unwrap returns Err.
func (e *FatalError) Unwrap() error { return e.Err }

// CloseNow ends the grace period in which [Consumer.Run] finishes deliveries in flight. It
// may be called at any time.
func (c *Consumer[T]) CloseNow() { c.once.Do(func() { close(c.closeNow) }) }

// RetryNow ends all pauses before the next attempt and closes the circuit breaker, because
// the cause of the failures may be gone. It may be called at any time.
func (c *Consumer[T]) RetryNow() { c.pipeline.breaker.Reset() }

// Run consumes until ctx ends or the end of [StreamOptions] is reached. It then finishes the
// deliveries in flight within Options.Grace, leaves the rest to the broker and returns nil.
// It retries after failures, except after one before the first session that retrying cannot
// fix, for which it returns a [*FatalError]. It may be called once.
func (c *Consumer[T]) Run(ctx context.Context) error {
	if c.running.Swap(true) {
		return errors.New("consumer: Run called twice")
	}
	if own := c.topology.deadQueue; own != nil {
		defer own.Close()
	}
	if err := c.pipeline.memory.Load(); err != nil {
		c.options.Log.Warn().Err(err).Msg("failed attempts before the restart are not counted")
	}
	for failures := 1; ; failures++ {
		end := c.session(ctx)
		if ctx.Err() != nil || c.stream.hasEnded() {
			return nil
		}
		if end.why.Hint != "" && c.counters.epoch.Load() == 0 {
			return &FatalError{Cause: end.why.Cause, Hint: end.why.Hint, Err: end.why.Err}
		}
		c.counters.failures[end.why.Cause].Add(1)
		c.counters.failed(end.why.Err, end.why.Remedy())
		c.sessions.begin(end.why)
		c.dialer.Skip()
		if end.worked {
			failures = 1
		}
		clock.Sleep(ctx, c.pipeline.backoff.After(failures))
	}
}
