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

// DeadLetters stores dead letters.
type DeadLetters interface {
	// Put returns nil only when the letter is stored durably: the consumer then
	// acknowledges the delivery. After an error the consumer calls Put again, after a
	// pause. It makes one call at a time. Put must return soon after ctx ends.
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
