package deadletter

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// maxLooks is how often the letters of a quorum queue may be handed out before
// looking at them stops: at 20, the usual limit, the broker drops them.
const maxLooks = 15

// Queue are the dead letters in a sink's queue for them.
type Queue struct {
	letters *consumer.Letters
	queue   string // of the sink
}

// OpenQueue opens the dead letters in a queue, which go back into the queue of
// the sink.
func OpenQueue(ctx context.Context, o consumer.PublisherOptions, dead, queue string) (*Queue, error) {
	letters, err := consumer.OpenLetters(ctx, o, dead)
	if err != nil {
		return nil, err
	}
	return &Queue{letters, queue}, nil
}

func (q *Queue) Next(ctx context.Context, look bool) (*Letter, error) {
	letter, err := q.letters.Next(ctx)
	if err != nil {
		return nil, err
	}
	if letter.Looks >= maxLooks && look {
		return nil, fmt.Errorf("these letters have been looked at %d times; the broker drops what a quorum queue has handed out 20 times, so look no more: retry or drop them", letter.Looks)
	}
	return &Letter{
		DeadLetter: letter.DeadLetter,
		Retry:      func(ctx context.Context) error { return q.letters.Retry(ctx, letter, q.queue) },
		Drop:       func() error { return q.letters.Drop(letter) },
	}, nil
}

func (q *Queue) Close(context.Context) error {
	q.letters.Close()
	return nil
}
