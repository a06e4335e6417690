package consumer

import (
	"context"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Depth is how many messages of a queue wait for a consumer, as the broker counted them.
type Depth struct {
	Messages int
	At       time.Time // zero: it is not known
}

// Known reports whether the broker has said it.
func (d Depth) Known() bool { return !d.At.IsZero() }

// refusalPause is how long a count that the broker refuses is left alone, for it logs
// each refusal as an error.
const refusalPause = 10 * time.Minute

// backlog asks the broker from time to time how many messages wait in the queue that is
// consumed and in that of dead letters. An answer that doesn't come is waited for as long
// as the session lasts, beside everything else.
type backlog struct {
	period    time.Duration
	own, dead counted
	limited   bool // the user has no channel to spare; only the goroutine of run knows
}

func newBacklog(o *Options, dead bool) *backlog {
	b := &backlog{period: o.BacklogPeriod}
	b.own.uncountable = o.Queue.Type == amqp.QueueTypeStream || o.Queue.Arguments[amqp.QueueTypeArg] == amqp.QueueTypeStream
	b.dead.uncountable = !dead
	return b
}

// counted is a queue whose messages are counted.
type counted struct {
	// uncountable queues have no count that says what waits: a stream keeps what was
	// consumed.
	uncountable bool
	next        time.Time // not before
	last        atomic.Pointer[Depth]
}

// run asks until ctx or the connection ends, and tells how much waits in the queue and how
// many consumers it has. Nothing is known after that.
func (b *backlog) run(ctx context.Context, c *broker.Connection, queue, dead string, tell func(messages, consumers int)) {
	defer b.own.last.Store(nil)
	defer b.dead.last.Store(nil)
	if b.period < 0 || b.limited {
		return
	}
	b.own.next, b.dead.next = time.Time{}, time.Time{}
	counter := c.NewCounter()
	defer counter.Close()
	t := time.NewTicker(b.period)
	defer t.Stop()
	for ctx.Err() == nil && !b.limited {
		b.count(counter, &b.own, queue, tell)
		b.count(counter, &b.dead, dead, func(int, int) {})
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
}

// count asks about one queue, unless it is too early for that.
func (b *backlog) count(c *broker.Counter, of *counted, queue string, tell func(messages, consumers int)) {
	now := time.Now()
	if of.uncountable || b.limited || now.Before(of.next) {
		return
	}
	n, consumers, err := c.Count(queue)
	if err != nil {
		of.last.Store(nil)
		of.next = now.Add(refusalPause)
		b.limited = broker.ReplyCode(err) == amqp.NotAllowed
		return
	}
	of.last.Store(&Depth{Messages: n, At: time.Now()})
	tell(n, consumers)
}

// depth returns the last count, if it is not too old to say anything.
func (b *backlog) depth(of *counted) Depth {
	d := of.last.Load()
	if d == nil || time.Since(d.At) > 3*b.period {
		return Depth{}
	}
	return *d
}
