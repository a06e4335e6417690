package deadletter

import (
	"reflect"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// TestALetterIsReadAgain: what is in a queue of dead letters tells all that was
// noted, and the message as it was, without any of that.
func TestALetterIsReadAgain(t *testing.T) {
	at := time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC)
	letter := message.DeadLetter{
		Delivery: &message.Delivery{Queue: "q", Exchange: "amq.topic", RoutingKey: "k", Properties: message.Properties{
			DeliveryMode: 2, UserID: "u", Expiration: "7", Headers: map[string]any{"x": int64(1), "CC": "copy"},
		}},
		Sink: "archive", Reason: "refused", Error: "no", Time: at, Attempts: 3, First: at.Add(-time.Hour), Last: at.Add(-time.Second),
	}
	p := publishing(letter)
	if p.Headers[HeaderSink] != "archive" || p.Headers["CC"] != nil {
		t.Errorf("headers %v", p.Headers)
	}
	got, _ := letterOf(&amqp.Delivery{Headers: p.Headers, DeliveryMode: p.DeliveryMode, RoutingKey: "q.dead"}, "q.dead")
	got.Headers = map[string]any(amqp.Table(got.Headers)) // the same under another name
	if !reflect.DeepEqual(got, letter) {
		t.Errorf("got\n%+v %+v\nwant\n%+v %+v", got, got.Delivery, letter, letter.Delivery)
	}
}
