package consumer

import (
	"errors"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// TestLostConnectionIsNoCancel: the library closes all its channels at once when a
// connection breaks; that the broker ended the consumer is no cause then.
func TestLostConnectionIsNoCancel(t *testing.T) {
	for range 200 {
		ended, cancelled := make(chan *amqp.Error), make(chan string)
		close(ended)
		close(cancelled)
		s := &session{broken: ended, closed: ended, cancelled: cancelled}
		err := s.watch(t.Context(), 0)
		if why, ok := errors.AsType[*broker.Failure](err); !ok || why.Cause != broker.CauseConnectionLost {
			t.Fatalf("got %v", err)
		}
	}
}
