// Package delivery is the error protocol between a sink and the consumer before it:
// what the error of an attempt to deliver says about the values that were delivered,
// and so about the messages that they came in.
//
// Nil: each was accepted for good, and its message is acknowledged. An error made by
// [Refuse]: none ever will be, and the messages become dead letters. A [BatchError]
// tells the values apart. Any other error: they are tried again after a pause.
//
// The properties of an error are methods, so that an error type of a sink can have
// them too: Permanent() string (see [Reason]), RetryAfter() time.Duration (see
// [RetryAfter]) and Outage() bool (see [IsOutage]).
package delivery

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Refuse marks err as permanent: what was delivered will never be accepted, however
// often it is tried. The reason is a word or two for a header or a metric.
func Refuse(reason string, err error) error { return &refusal{reason, err} }

type refusal struct {
	reason string
	err    error
}

func (e *refusal) Error() string     { return e.err.Error() }
func (e *refusal) Unwrap() error     { return e.err }
func (e *refusal) Permanent() string { return e.reason }

// Reason returns the reason of an error that is permanent.
func Reason(err error) (reason string, ok bool) {
	e, ok := errors.AsType[interface {
		error
		Permanent() string
	}](err)
	if !ok {
		return "", false
	}
	return e.Permanent(), true
}

// Outage marks err as a failure of the sink as a whole, whatever was delivered: it
// does not count against the values.
func Outage(err error) error { return &outage{err} }

type outage struct{ err error }

func (e *outage) Error() string { return e.err.Error() }
func (e *outage) Unwrap() error { return e.err }
func (e *outage) Outage() bool  { return true }

// IsOutage reports whether an error is about the sink as a whole, not about what was
// delivered.
func IsOutage(err error) bool {
	e, ok := errors.AsType[interface {
		error
		Outage() bool
	}](err)
	return ok && e.Outage()
}

// RetryAfter returns how long an error asks to wait before the next attempt; 0 if it
// does not ask.
func RetryAfter(err error) time.Duration {
	e, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err)
	if !ok {
		return 0
	}
	return e.RetryAfter()
}

// BatchError is the error of an attempt in which the values of one batch fared
// differently. A value may be accepted after one before it failed only if the two
// have different keys or the failure is permanent.
type BatchError struct {
	// Errs belong to the values place by place; nil is an accepted one.
	Errs []error
	// Rest is about the values beyond the end of Errs together, as an error that is
	// no BatchError is about all: one of them may be at fault, or none. Nil: they
	// were not accepted and are tried again.
	Rest error
}

// Error counts the failures and shows the first.
func (e *BatchError) Error() string {
	n, first := 0, error(nil)
	for i := range len(e.Errs) + 1 {
		err := e.Rest
		if i < len(e.Errs) {
			err = e.Errs[i]
		}
		if err != nil {
			n++
			first = cmp.Or(first, err)
		}
	}
	return fmt.Sprintf("%d failed, the first: %v", n, first)
}

// At returns the error of the value at place i.
func (e *BatchError) At(i int) error {
	if i < len(e.Errs) {
		return e.Errs[i]
	}
	return cmp.Or(e.Rest, errNoAnswer)
}

var errNoAnswer = errors.New("the batch error says nothing about this value")
