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

// Stats is the state of a consumer and its counts, which only grow.
type Stats struct {
	// Connected reports whether the consumer has a session.
	Connected bool
	// Since is when the current session, or else the last one, began; zero before the
	// first. Broker is its address, without credentials, and Queue the queue it consumes.
	Since         time.Time
	Broker, Queue string
	// NewQueue reports whether that session had to declare the queue; see
	// Options.NoticeNewQueue. OtherConsumers is the number of other consumers it found.
	NewQueue       bool
	OtherConsumers int
	// Backlog is the number of messages that wait in the queue, DeadLetters in the
	// dead-letter queue; neither includes messages in flight. Both are unknown without a
	// session.
	Backlog, DeadLetters Depth
	// Standby reports whether the consumer waits because another one reads the stream for
	// the same sink.
	Standby bool
	// Offset is the offset in the stream before which all messages are settled.
	Offset uint64
	// Missed is the number of offsets that the stream dropped before they were read. Not
	// every offset is a message: brokers use some themselves.
	Missed uint64
	// LastError is the last failure.
	LastError LastError
	// Epoch is the number of sessions so far, and the number of the current one.
	Epoch uint64
	// LastDelivery is when the last delivery arrived; zero if none has. A
	// consumer that is connected and gets nothing for long may be bound wrongly.
	LastDelivery time.Time
	// InFlight is the number of unsettled deliveries.
	InFlight int
	// OldestInFlight is when the oldest unsettled delivery arrived; zero if there is none.
	OldestInFlight time.Time

	// Deliveries counts all deliveries, Redelivered those that had been delivered before.
	Deliveries, Redelivered uint64
	// Done counts the deliveries accepted by the sink, Dead those stored as dead letters.
	Done, Dead uint64
	// Retries counts the failures after which a delivery was retried.
	Retries uint64
	// Again counts the deliveries that were unsettled when their session ended: the broker
	// delivers them again.
	Again uint64
	// Stale counts deliveries that were settled after the end of their session.
	Stale uint64
	// DeadLetterFailures counts failed attempts to store a dead letter.
	DeadLetterFailures uint64
	// Blocked is why the broker accepts no dead letters at the moment; "" if it does. Dead
	// letters wait meanwhile; other messages do not.
	Blocked string
	// Failing reports whether deliveries or dead letters fail and are retried.
	Failing bool
	// SinkDown reports whether the circuit breaker is open, SinkDowns how often it has
	// opened; see Options.DownAfter.
	SinkDown  bool
	SinkDowns uint64
	// Failures counts the sessions that failed or could not begin, by cause.
	Failures map[broker.Cause]uint64
}

// LastError is the last failure of a session, of the sink or of storing a dead letter.
type LastError struct {
	At           time.Time // zero if nothing has failed
	Text, Remedy string
}

type counters struct {
	connected                            atomic.Bool
	epoch                                atomic.Uint64
	lastDelivery                         atomic.Int64 // Unix nanoseconds
	deliveries, redelivered              atomic.Uint64
	done, dead, again, stale, deadFailed atomic.Uint64
	retries                              atomic.Uint64
	failures                             map[broker.Cause]*atomic.Uint64 // read-only
	settler                              atomic.Pointer[settle.Settler]  // of the current session
	place                                atomic.Pointer[place]           // of the last session
	lastError                            atomic.Pointer[LastError]
}

// place records where a session consumes, and since when.
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

// lastDeliveryAt returns when the last delivery arrived; zero if none has.
func (c *counters) lastDeliveryAt() time.Time {
	if at := c.lastDelivery.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// failed records the last error. It ignores nil and the end of a context.
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

// begin records a new session.
func (c *counters) begin(settler *settle.Settler, s *session) {
	c.epoch.Store(settler.Epoch())
	c.settler.Store(settler)
	c.place.Store(&place{time.Now(), s.conn.Address(), s.queue})
	c.connected.Store(true)
}

// end records the end of the current session.
func (c *counters) end(s *settle.Settler) {
	c.again.Add(uint64(s.Lose()))
	c.settler.Store(nil)
}
