// Package deadletter stores dead letters in a queue or a file, and administers them there: it
// lists letters, sends them back to their sink and drops them.
package deadletter

import (
	"context"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Source reads the stored dead letters of a sink.
type Source interface {
	// Next returns the next letter of those that were stored at the start, and io.EOF after
	// the last. look reports that the letter will be neither retried nor dropped. After a
	// *recording.LineError, which concerns one line of a file, the next call continues
	// with the next line.
	Next(ctx context.Context, look bool) (*Letter, error)
	// Close leaves the letters that were neither retried nor dropped in their place.
	Close(ctx context.Context) error
}

// Letter is one stored dead letter.
type Letter struct {
	message.DeadLetter
	Retry func(context.Context) error // send it back to its sink and take it away
	Drop  func() error                // take it away
}

// StaysError reports that one letter stays where it is; others are not affected.
type StaysError struct{ Err error }

// Error implements error.
func (e *StaysError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *StaysError) Unwrap() error { return e.Err }
