package reconcile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/parse"
)

// Fact is one that the hub tells, with the message that Koji's own plugin would have sent.
type Fact struct {
	facts.Fact
	topic string // without the prefix
	typ   event.Type
	body  row
}

// order sorts facts by their time; those of one moment by their ranks.
func order(all []Fact) {
	slices.SortStableFunc(all, func(a, b Fact) int {
		if d := a.At.Compare(b.At); d != 0 {
			return d
		}
		return a.Rank - b.Rank
	})
}

// message returns the message of a fact for a queue. It goes there straight, and no other
// queue gets it; headers say how it would have come.
func (f *Fact) message(r *Route) (publish.Message, error) {
	body, err := json.Marshal(f.body)
	if err != nil {
		return publish.Message{}, fmt.Errorf("message about %s: %w", f.Subject, err)
	}
	at := f.At.UTC().Format(time.RFC3339Nano)
	return publish.Message{Key: r.Queue, Publishing: amqp.Publishing{
		ContentType: "application/json", DeliveryMode: amqp.Persistent,
		MessageId: strings.Join([]string{event.Reconciled, f.Subject, f.Kind, at}, " "),
		Headers: amqp.Table{
			"type": string(f.typ), "sent-at": at, parse.HeaderOrigin: event.Reconciled,
			deadletter.HeaderExchange: r.Exchange, deadletter.HeaderRoutingKey: r.topic(f.topic),
		},
		Body: body,
	}}, nil
}
