// Package deadletter keeps what can never succeed, in a queue or a file, and
// administers it there: letters are found, sent back to their sink and dropped.
package deadletter

import (
	"context"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Source reads the dead letters of a sink where they are kept.
type Source interface {
	// Next returns the next letter, of those that were there at the start; after
	// the last the error is io.EOF. Look is whether it will only be looked at. A *recording.LineError is about one line of a
	// file, and the next call goes on behind it.
	Next(ctx context.Context, look bool) (*Letter, error)
	// Close leaves in their place the letters that were not taken away.
	Close(ctx context.Context) error
}

// Letter is one dead letter in its place.
type Letter struct {
	message.DeadLetter
	Retry func(context.Context) error // send it back to its sink and take it away
	Drop  func() error                // take it away
}

// StaysError reports that a letter stays where it is, whatever becomes of the others.
type StaysError struct{ Err error }

// Error implements error.
func (e *StaysError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *StaysError) Unwrap() error { return e.Err }
