package consumer

import (
	"sync/atomic"
	"time"
)

// Stats is what a consumer has done so far. The counts only grow.
type Stats struct {
	// Connected says whether it is consuming now.
	Connected bool
	// Epoch is the number of sessions begun, and of the current one.
	Epoch uint64
	// LastDelivery is when the last delivery came in; zero if none has. A
	// consumer that is connected and hears nothing for long may be deaf.
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
	// DeadLetterFailures counts vain attempts to keep a dead letter.
	DeadLetterFailures uint64
	// Blocked is why the broker takes no dead letters at the moment; "" if it does.
	// They wait, and what needs no publishing goes on.
	Blocked string
	// SinkDown says whether the sink is taken for down, and SinkDowns counts how
	// often it has been; see Options.DownAfter.
	SinkDown  bool
	SinkDowns uint64
	// Failures counts, by cause, the sessions that ended or could not begin.
	Failures map[Cause]uint64
}

// Cause says why a session ended or could not begin.
type Cause string

// The causes in [Stats].
const (
	// CauseSettings is that the brokers or their secrets could not be had.
	CauseSettings Cause = "settings"
	// CauseConnect is that no connection came about.
	CauseConnect Cause = "connect"
	// CauseTLS is that the two sides do not trust each other's certificates.
	CauseTLS Cause = "tls"
	// CauseLogin is that the broker refused the credentials.
	CauseLogin Cause = "login"
	// CauseVhost is that the broker refused the virtual host.
	CauseVhost Cause = "vhost"
	// CauseTopology is that the queue or its bindings could not be had.
	CauseTopology Cause = "topology"
	// CauseConnectionLost is that the connection broke or was closed.
	CauseConnectionLost Cause = "connection_lost"
	// CauseChannelClosed is that the broker closed the channel.
	CauseChannelClosed Cause = "channel_closed"
	// CauseCancelled is that the broker ended the consumer: its queue is gone.
	CauseCancelled Cause = "consumer_cancelled"
	// CauseHeld is that a delivery was held for longer than Options.HoldLimit.
	CauseHeld Cause = "held"
)

// Causes returns all causes.
func Causes() []Cause {
	return []Cause{
		CauseSettings, CauseConnect, CauseTLS, CauseLogin, CauseVhost, CauseTopology,
		CauseConnectionLost, CauseChannelClosed, CauseCancelled, CauseHeld,
	}
}

type counters struct {
	connected                            atomic.Bool
	epoch                                atomic.Uint64
	lastDelivery                         atomic.Int64 // Unix nanoseconds
	deliveries, redelivered              atomic.Uint64
	done, dead, again, stale, deadFailed atomic.Uint64
	retries                              atomic.Uint64
	opened                               atomic.Uint64
	down                                 atomic.Bool
	failures                             map[Cause]*atomic.Uint64 // never changed
	settler                              atomic.Pointer[settler]  // of the current session
}

func newCounters() *counters {
	c := &counters{failures: map[Cause]*atomic.Uint64{}}
	for _, r := range Causes() {
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
		SinkDown:           c.down.Load(),
		SinkDowns:          c.opened.Load(),
		Failures:           make(map[Cause]uint64, len(c.failures)),
	}
	if at := c.lastDelivery.Load(); at != 0 {
		s.LastDelivery = time.Unix(0, at)
	}
	for r, n := range c.failures {
		s.Failures[r] = n.Load()
	}
	if settler := c.settler.Load(); settler != nil {
		s.InFlight = settler.open()
		s.OldestInFlight, _ = settler.oldest()
	}
	return s
}

// begin notes a new session.
func (c *counters) begin(s *settler) {
	c.epoch.Store(s.epoch)
	c.settler.Store(s)
	c.connected.Store(true)
}

// end notes that the current session has ended.
func (c *counters) end(s *settler) {
	c.again.Add(uint64(s.lose()))
	c.settler.Store(nil)
}
