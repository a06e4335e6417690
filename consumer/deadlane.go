package consumer

import (
	"context"
	"sync"

	"github.com/rs/zerolog"
)

// deadLane puts what can never succeed with the dead letters, one after another,
// beside the living. A letter that cannot be put now goes to the end of the line:
// its delivery stays un-acknowledged and takes up room in the prefetch window, no
// more.
type deadLane struct {
	sink     string
	letters  DeadLetters
	settler  *settler
	counters *counters
	pause    backoff
	trouble  *trouble
	log      *zerolog.Logger

	wake chan struct{} // capacity 1
	mu   sync.Mutex
	line []DeadLetter
}

// add puts a letter at the end of the line.
func (l *deadLane) add(letter DeadLetter) {
	letter.Sink = l.sink
	l.mu.Lock()
	l.line = append(l.line, letter)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *deadLane) first() (DeadLetter, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.line) == 0 {
		return DeadLetter{}, false
	}
	letter := l.line[0]
	l.line[0] = DeadLetter{}
	l.line = l.line[1:]
	return letter, true
}

// run works until soft ends; the end of hard cuts short a letter in hand.
func (l *deadLane) run(soft, hard context.Context) {
	for soft.Err() == nil {
		letter, ok := l.first()
		switch {
		case ok && !l.put(hard, letter):
			sleep(soft, l.pause.next())
		case !ok:
			select {
			case <-l.wake:
			case <-soft.Done():
			}
		}
	}
}

func (l *deadLane) put(ctx context.Context, letter DeadLetter) bool {
	if err := l.letters.Put(ctx, letter); err != nil {
		l.counters.deadFailed.Add(1)
		l.trouble.begin(err)
		l.trouble.leave()
		l.add(letter)
		return false
	}
	l.pause.reset()
	l.trouble.fine()
	l.counters.dead.Add(uint64(l.settler.done(letter.Delivery)))
	l.log.Warn().Str("reason", letter.Reason).Str("error", letter.Error).
		Str("queue", letter.Queue).Str("routing_key", plainText(letter.RoutingKey, 255)).
		Msg("dead letter")
	return true
}
