package consumer

import (
	"context"
	"fmt"
	"sync"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/internal/failurelog"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// deadLetterWriter stores dead letters one after another in a goroutine of its own. A letter
// that cannot be stored goes to the end of the queue; its delivery stays unacknowledged and
// only takes room in the prefetch window.
type deadLetterWriter struct {
	sink     string
	letters  DeadLetters
	settler  *settle.Settler
	stream   *stream
	counters *counters
	backoff  retry.Backoff
	failure  *failurelog.Logger
	log      *zerolog.Logger

	failures int           // consecutive
	wake     chan struct{} // capacity 1
	mu       sync.Mutex
	todo     []DeadLetter
}

// add appends a letter to the queue.
func (w *deadLetterWriter) add(letter DeadLetter) {
	letter.Sink = w.sink
	w.mu.Lock()
	w.todo = append(w.todo, letter)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *deadLetterWriter) first() (DeadLetter, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.todo) == 0 {
		return DeadLetter{}, false
	}
	letter := w.todo[0]
	w.todo[0] = DeadLetter{}
	w.todo = w.todo[1:]
	return letter, true
}

// run stores letters until soft ends; the end of hard interrupts the letter being stored.
func (w *deadLetterWriter) run(soft, hard context.Context) {
	for soft.Err() == nil {
		letter, ok := w.first()
		switch {
		case ok && !w.put(hard, letter):
			clock.Sleep(soft, w.backoff.After(w.failures))
		case !ok:
			select {
			case <-w.wake:
			case <-soft.Done():
			}
		}
	}
}

func (w *deadLetterWriter) put(ctx context.Context, letter DeadLetter) bool {
	if err := w.letters.Put(ctx, letter); err != nil {
		w.failures++
		w.counters.deadFailed.Add(1)
		w.counters.failed(err, hint.Of(err))
		w.failure.Note(err)
		w.add(letter)
		return false
	}
	w.failures = 0
	w.failure.Note(nil)
	w.stream.settle(letter.Delivery)
	w.counters.dead.Add(uint64(w.settler.Done(letter.Delivery)))
	w.counters.failed(fmt.Errorf("dead letter (%s): %s", letter.Reason, letter.Error), "")
	w.log.Warn().Str("reason", letter.Reason).Str("error", letter.Error).
		Str("queue", letter.Queue).Str("routing_key", message.PlainText(letter.RoutingKey, 255)).
		Msg("dead letter")
	return true
}
