package app

import (
	"context"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// letterSource is where the dead letters of a sink are kept.
type letterSource interface {
	// next returns the next letter, of those that were there at the start; after
	// the last the error is io.EOF. A *recording.LineError is about one line of a
	// file, and the next call goes on behind it.
	next(ctx context.Context, look bool) (*deadLetter, error)
	close(ctx context.Context) error
}

// deadLetter is one letter in its place.
type deadLetter struct {
	consumer.DeadLetter
	retry func(context.Context) error // send it back to its sink and take it away
	drop  func() error                // take it away
}

// staysError is that a letter stays where it is, whatever becomes of the others.
type staysError struct{ err error }

func (e *staysError) Error() string { return e.err.Error() }

func (e *staysError) Unwrap() error { return e.err }
