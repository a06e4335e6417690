package publish

import (
	"cmp"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// alarm records whether the broker accepts no messages from a publisher because it is short
// of memory or disk. It outlives connections, so that one line is logged when that begins and
// one when it ends.
type alarm struct {
	log zerolog.Logger

	mu     sync.Mutex
	reason string // "": it takes messages
	since  time.Time
}

// watch follows the broker's notifications on a connection until it ends.
func (a *alarm) watch(c *broker.Connection, blocked <-chan amqp.Blocking) {
	for b := range blocked {
		c.SetBlocked(b.Active)
		if b.Active {
			a.begin(cmp.Or(message.PlainText(b.Reason, message.MaxError), "no reason given"))
		} else {
			a.over(c)
		}
	}
}

func (a *alarm) begin(reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reason == "" {
		a.since = time.Now()
		a.log.Warn().Str("error", reason).Str("remedy", "give the broker memory or room on its disk; rabbitmq-diagnostics alarms says which").
			Msg("the broker takes no messages; waiting until it does")
	}
	a.reason = reason
}

// over records the end of the alarm, unless the connection is still blocked: a confirmation
// may be for a message from before the alarm.
func (a *alarm) over(c *broker.Connection) {
	if c.IsBlocked() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reason != "" {
		a.reason = ""
		a.log.Info().Dur("after", time.Since(a.since)).Msg("the broker takes messages again")
	}
}

func (a *alarm) why() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reason
}
