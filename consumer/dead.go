package consumer

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DeadLetters keeps what can never succeed. Put returns nil only when the letter
// is safe: the delivery is acknowledged after that. Any error means that it is
// tried again after a pause. It is called by one goroutine at a time and returns
// soon when ctx ends.
type DeadLetters interface {
	Put(ctx context.Context, letter DeadLetter) error
}

// DeadLetter is a delivery with the reason why it can never succeed.
type DeadLetter struct {
	*Delivery
	// Sink is who could not take it; see [Options].
	Sink string
	// Reason is a short word, such as [ReasonUnparseable].
	Reason string
	// Error is what went wrong: at most 1 KiB of valid UTF-8 on one line.
	Error string
	// Time is when that was found, in UTC.
	Time time.Time
	// Attempts is how many times it was handed over in vain; 0 if it never was.
	Attempts int
	// First and Last are when these attempts ended, in UTC; zero without any.
	First, Last time.Time
}

// Bounds of the texts of a dead letter, in bytes.
const (
	maxSink      = 64
	maxReason    = 64
	maxErrorText = 1024
)

func newDeadLetter[T any](it *item[T], reason string, cause error) DeadLetter {
	letter := DeadLetter{
		Delivery: it.d,
		Reason:   plainText(reason, maxReason),
		Error:    plainText(cause.Error(), maxErrorText),
		Time:     time.Now().UTC(),
	}
	if it.tries != nil {
		letter.Attempts, letter.First, letter.Last = it.tries.All, it.tries.First.UTC(), it.tries.Last.UTC()
	}
	return letter
}

// plainText makes foreign text fit for a header, a log and a terminal: valid
// UTF-8 on one line, control characters replaced, at most limit bytes.
func plainText(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, s[:min(len(s), limit)])
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
