package consumer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Stats tells what a consumer has done so far. The counts only grow.
type Stats struct {
	// Connected reports whether it is consuming now.
	Connected bool
	// Since is when the current session began, Broker where it leads to, without user and
	// password, and Queue what it consumes. Those of the last session stay.
	Since         time.Time
	Broker, Queue string
	// NewQueue reports whether that session found no queue and declared it; see
	// Options.NoticeNewQueue. OtherConsumers is how many others it found.
	NewQueue       bool
	OtherConsumers int
	// Backlog is how many messages wait in the queue, DeadLetters in that of dead letters;
	// neither counts those in flight. Unknown without a session.
	Backlog, DeadLetters Depth
	// Standby reports whether another consumer reads the stream for the same sink.
	Standby bool
	// Offset is the one in the stream before which every message has its verdict.
	Offset uint64
	// Missed counts the messages that a stream dropped before they had been read, by their
	// offsets, of which brokers use some for themselves.
	Missed uint64
	// LastError is what failed last.
	LastError LastError
	// Epoch is the number of sessions begun, and of the current one.
	Epoch uint64
	// LastDelivery is when the last delivery came in; zero if none has. A
	// consumer that is connected and gets nothing for long may be bound wrongly.
	LastDelivery time.Time
	// InFlight is how many deliveries are in hand, without verdict.
	InFlight int
	// OldestInFlight is when the oldest of these came in; zero if there is none.
	OldestInFlight time.Time

	// Deliveries counts what came in, Redelivered those that had been handed
	// out before.
	Deliveries, Redelivered uint64
	// Done and Dead count the deliveries settled by verdict: accepted by the
	// sink, and kept as dead letters.
	Done, Dead uint64
	// Retries counts the failures of deliveries that were tried again.
	Retries uint64
	// Again counts those without verdict when their session ended: the broker
	// hands them out again.
	Again uint64
	// Stale counts verdicts that came after the end of their session.
	Stale uint64
	// DeadLetterFailures counts failed attempts to keep a dead letter.
	DeadLetterFailures uint64
	// Blocked is why the broker takes no dead letters at the moment; "" if it does.
	// They wait, and what needs no publishing goes on.
	Blocked string
	// Failing reports whether deliveries, or dead letters, fail and are tried again.
	Failing bool
	// SinkDown reports whether the sink is taken for down, and SinkDowns counts how
	// often it has been; see Options.DownAfter.
	SinkDown  bool
	SinkDowns uint64
	// Failures counts, by cause, the sessions that ended or could not begin.
	Failures map[broker.Cause]uint64
}

// LastError is what failed last: the session, the sink, or the keeping of a dead letter.
type LastError struct {
	At           time.Time // zero: nothing has
	Text, Remedy string
}

type counters struct {
	connected                            atomic.Bool
	epoch                                atomic.Uint64
	lastDelivery                         atomic.Int64 // Unix nanoseconds
	deliveries, redelivered              atomic.Uint64
	done, dead, again, stale, deadFailed atomic.Uint64
	retries                              atomic.Uint64
	failures                             map[broker.Cause]*atomic.Uint64 // never changed
	settler                              atomic.Pointer[settle.Settler]  // of the current session
	place                                atomic.Pointer[place]           // of the last session
	lastError                            atomic.Pointer[LastError]
}

// place is where a session consumes, and since when.
type place struct {
	since  time.Time
	broker string
	queue  declared
}

func newCounters() *counters {
	c := &counters{failures: map[broker.Cause]*atomic.Uint64{}}
	for _, r := range broker.Causes() {
		c.failures[r] = new(atomic.Uint64)
	}
	return c
}

func (c *counters) received(d *Delivery) {
	c.deliveries.Add(1)
	if d.Redelivered {
		c.redelivered.Add(1)
	}
	c.lastDelivery.Store(d.ReceivedAt.UnixNano())
}

// lastDeliveryAt returns when the last delivery came in; zero if none has.
func (c *counters) lastDeliveryAt() time.Time {
	if at := c.lastDelivery.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// failed notes what has failed. That work was broken off is none of it.
func (c *counters) failed(err error, remedy string) {
	if err != nil && !errors.Is(err, context.Canceled) {
		c.lastError.Store(&LastError{At: time.Now(), Text: message.PlainText(err.Error(), message.MaxError), Remedy: remedy})
	}
}

func (c *counters) snapshot() Stats {
	s := Stats{
		Connected:          c.connected.Load(),
		Epoch:              c.epoch.Load(),
		Deliveries:         c.deliveries.Load(),
		Redelivered:        c.redelivered.Load(),
		Done:               c.done.Load(),
		Dead:               c.dead.Load(),
		Again:              c.again.Load(),
		Retries:            c.retries.Load(),
		Stale:              c.stale.Load(),
		DeadLetterFailures: c.deadFailed.Load(),
		Failures:           make(map[broker.Cause]uint64, len(c.failures)),
	}
	if p := c.place.Load(); p != nil {
		s.Since, s.Broker, s.Queue = p.since, p.broker, p.queue.name
		s.NewQueue, s.OtherConsumers = p.queue.isNew, p.queue.consumers
	}
	if e := c.lastError.Load(); e != nil {
		s.LastError = *e
	}
	s.LastDelivery = c.lastDeliveryAt()
	for r, n := range c.failures {
		s.Failures[r] = n.Load()
	}
	if settler := c.settler.Load(); settler != nil {
		s.InFlight = settler.Open()
		s.OldestInFlight, _ = settler.Oldest()
	}
	return s
}

// begin notes a new session.
func (c *counters) begin(settler *settle.Settler, s *session) {
	c.epoch.Store(settler.Epoch())
	c.settler.Store(settler)
	c.place.Store(&place{time.Now(), s.conn.Address(), s.queue})
	c.connected.Store(true)
}

// end notes that the current session has ended.
func (c *counters) end(s *settle.Settler) {
	c.again.Add(uint64(s.Lose()))
	c.settler.Store(nil)
}
