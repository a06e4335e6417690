package consumer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// deadLines bounds the lines about single dead letters, of which a wrong binding
// brings thousands.
const deadLines = 10 // per minute

// Consumer consumes one queue for one [Handler], session after session.
type Consumer[T any] struct {
	options  Options
	pipes    *pipelineOptions[T]
	topology *topology
	dialer   *dialer
	letters  DeadLetters
	counters *counters
	outage   *sessionLogger
	deadLog  zerolog.Logger
	// deadFailure logs that dead letters cannot be kept.
	deadFailure *failureLogger

	running  atomic.Bool
	closeNow chan struct{}
	once     sync.Once
}

// New makes a consumer that is not yet running. The error names every option that
// cannot work.
func New[T any](h Handler[T], o Options) (*Consumer[T], error) {
	o.setDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	c := &Consumer[T]{
		options:  o,
		counters: newCounters(),
		letters:  o.DeadLetters,
		topology: &topology{queue: o.Queue, bindings: o.Bindings, declare: o.Declare},
		dialer:   o.dialer(o.Name),
		closeNow: make(chan struct{}),
	}
	log := &c.options.Log
	c.deadLog = log.Sample(&zerolog.BurstSampler{Burst: deadLines, Period: time.Minute})
	c.outage = &sessionLogger{log: log}
	c.deadFailure = &failureLogger{log: log, begun: "dead letters cannot be kept; their deliveries stay on the broker", ended: "dead letters can be kept again"}
	pause := backoff{first: o.RetryFirst, last: o.RetryLast}
	c.pipes = &pipelineOptions[T]{
		handler:       h,
		workers:       o.Workers,
		keyed:         o.Keyed || o.Workers > 1 || o.BatchPolicy.waits(),
		batch:         o.Batch,
		policy:        o.BatchPolicy,
		pause:         pause,
		counters:      c.counters,
		limit:         o.RetryLimit,
		breaker:       newCircuitBreaker(o.DownAfter, pause, c.counters),
		sink:          &failureLogger{log: log, begun: "delivery fails; trying again", ended: "delivery works again"},
		memory:        newAttemptMemory(o.AttemptsFile),
		memoryFailure: &failureLogger{log: log, begun: "attempts cannot be written down; after a restart they are counted anew", ended: "attempts are written down again"},
	}
	if c.letters == nil {
		c.topology.deadQueue = o.DeadQueue
		c.letters = newDeadQueue(o.dialer(o.Name+" dead letters"), c.topology, log)
	}
	return c, nil
}

func (o *Options) dialer(name string) *dialer {
	return &dialer{
		brokers:     o.Brokers,
		name:        name,
		product:     o.Product,
		version:     o.Version,
		heartbeat:   o.Heartbeat,
		dialTimeout: o.DialTimeout,
		rpcTimeout:  o.RPCTimeout,
	}
}

// Stats is what the consumer has done so far. It may be called at any time.
func (c *Consumer[T]) Stats() Stats {
	s := c.counters.snapshot()
	if own, ok := c.letters.(*deadQueue); ok {
		s.Blocked = own.publisher.Blocked()
	}
	return s
}

// CloseNow ends the grace that [Consumer.Run] gives to what is in hand. It may be
// called at any time.
func (c *Consumer[T]) CloseNow() { c.once.Do(func() { close(c.closeNow) }) }

// RetryNow has all that waits for another attempt tried at once, as if nothing had
// failed: what it failed at has changed. It may be called at any time.
func (c *Consumer[T]) RetryNow() { c.pipes.breaker.renew() }

// Run consumes until ctx ends, then finishes what is in hand, leaves the rest to
// the broker and returns nil. Everything else it survives by trying again, except
// a failure before the first session that waiting cannot heal: that is returned
// as a *FatalError. It may be called once.
func (c *Consumer[T]) Run(ctx context.Context) error {
	if c.running.Swap(true) {
		return errors.New("the consumer has been run before")
	}
	if own, ok := c.letters.(*deadQueue); ok {
		defer own.close()
	}
	if err := c.pipes.memory.load(); err != nil {
		c.options.Log.Warn().Err(err).Msg("attempts made before the restart are forgotten")
	}
	pause := c.pipes.pause
	for {
		end := c.session(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if end.why.remedy != "" && c.counters.epoch.Load() == 0 {
			return &FatalError{Cause: end.why.cause, Remedy: end.why.remedy, Err: end.why.err}
		}
		c.counters.failures[end.why.cause].Add(1)
		c.outage.begin(end.why)
		c.dialer.turn++
		if end.worked {
			pause.reset()
		}
		sleep(ctx, pause.next())
	}
}
