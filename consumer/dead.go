package consumer

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Delivery is a message as the broker delivered it.
type Delivery = message.Delivery

// DeadLetter is a delivery with the reason why it can never succeed.
type DeadLetter = message.DeadLetter

// DeadLetters keeps what can never succeed. Put returns nil only when the letter is
// safe: the delivery is acknowledged after that. After an error it is tried again,
// with a pause. It is called by one goroutine at a time and returns soon when ctx
// ends.
type DeadLetters interface {
	Put(ctx context.Context, letter DeadLetter) error
}

func newDeadLetter[T any](it *workqueue.Item[T], reason string, cause error) DeadLetter {
	letter := DeadLetter{
		Delivery: it.Delivery,
		Reason:   message.PlainText(reason, message.MaxReason),
		Error:    message.PlainText(cause.Error(), message.MaxError),
		Time:     time.Now().UTC(),
	}
	if it.Tries != nil {
		letter.Attempts, letter.First, letter.Last = it.Tries.All, it.Tries.First.UTC(), it.Tries.Last.UTC()
	}
	return letter
}
