package consumer

import (
	"context"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Depth is the number of messages that wait in a queue for a consumer. The zero value is an
// unknown number.
type Depth struct {
	Messages int
	At       time.Time // when the broker counted them; zero if it did not
}

// Known reports whether the broker has counted the messages.
func (d Depth) Known() bool { return !d.At.IsZero() }

// refusalPause is the time between counts that the broker refuses. It logs each refusal as
// an error.
const refusalPause = 10 * time.Minute

// backlog periodically asks the broker how many messages wait in the consumed queue and in
// the dead-letter queue. It runs beside the session, which does not wait for the answers.
type backlog struct {
	period    time.Duration
	own, dead counted
	limited   bool // the user may not open another channel; only run reads and writes it
}

func newBacklog(o *Options, dead bool) *backlog {
	b := &backlog{period: o.BacklogPeriod}
	b.own.uncountable = o.Queue.Type == amqp.QueueTypeStream || o.Queue.Arguments[amqp.QueueTypeArg] == amqp.QueueTypeStream
	b.dead.uncountable = !dead
	return b
}

// counted is a queue whose messages are counted.
type counted struct {
	// uncountable is set where a count is not the backlog: a stream keeps consumed messages.
	uncountable bool
	next        time.Time // the earliest time of the next count
	last        atomic.Pointer[Depth]
}

// run counts until ctx or the connection ends, and calls report with the messages and
// consumers of the queue after each count. It then forgets the counts.
func (b *backlog) run(ctx context.Context, c *broker.Connection, queue, dead string, report func(messages, consumers int)) {
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
		b.count(counter, &b.own, queue, report)
		b.count(counter, &b.dead, dead, func(int, int) {})
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
}

// count counts the messages of one queue, unless it is too early for that.
func (b *backlog) count(c *broker.Counter, of *counted, queue string, report func(messages, consumers int)) {
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
	report(n, consumers)
}

// depth returns the last count, or an unknown depth if it is older than three periods.
func (b *backlog) depth(of *counted) Depth {
	d := of.last.Load()
	if d == nil || time.Since(d.At) > 3*b.period {
		return Depth{}
	}
	return *d
}
