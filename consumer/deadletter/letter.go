// Package deadletter administers the dead letters of a sink: it finds them in a queue or
// a file, sends them back and drops them.
package deadletter

import (
	"context"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// Source is where the dead letters of a sink are kept.
type Source interface {
	// next returns the next letter, of those that were there at the start; after
	// the last the error is io.EOF. A *recording.LineError is about one line of a
	// file, and the next call goes on behind it.
	Next(ctx context.Context, look bool) (*Letter, error)
	Close(ctx context.Context) error
}

// Letter is one letter in its place.
type Letter struct {
	consumer.DeadLetter
	Retry func(context.Context) error // send it back to its sink and take it away
	Drop  func() error                // take it away
}

// StaysError is that a letter stays where it is, whatever becomes of the others.
type StaysError struct{ Err error }

// Error implements error.
func (e *StaysError) Error() string { return e.Err.Error() }

// Unwrap is Err.
func (e *StaysError) Unwrap() error { return e.Err }
