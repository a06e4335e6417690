package consumer

import (
	"context"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// Handler processes deliveries. T is the type that a delivery is parsed to.
type Handler[T any] interface {
	// Parse returns the value of a delivery for Deliver. It must be pure and safe for
	// concurrent use. After an error the delivery becomes a dead letter, with the reason
	// given by [Dead] or else [ReasonUnparseable].
	Parse(d *Delivery) (T, error)

	// Key returns the key of a value: values with the same key are delivered in broker
	// order. It must be safe for concurrent use. It is called only with several workers,
	// with batches that wait or with Options.Keyed. If unrelated values have the same key,
	// they only wait for each other.
	Key(v T) uint64

	// Deliver delivers values in order. It must not keep the slice. It returns nil if all
	// values have been accepted for good, and a *BatchError if their results differ. After
	// any other error none was accepted: if the error is permanent (made by [Dead], or with
	// a method Permanent() string) the values become dead letters; otherwise, also if the
	// context ended, they are retried after a pause. Deliver must return soon after ctx ends.
	//
	// An error that is not permanent may have a method RetryAfter() time.Duration, the
	// shortest time before the next attempt, and a method Outage() bool, which reports
	// that the values did not cause it; see [RetryLimit].
	//
	// With several workers Deliver runs concurrently, for batches without a common key.
	Deliver(ctx context.Context, batch []T) error
}

// Prefilter is implemented by a [Handler] that can decide which values to deliver before it
// delivers them. Where batches wait (see [BatchPolicy]), values that it does not want are
// settled at once and take no room in a batch.
type Prefilter[T any] interface {
	// Wanted reports whether a value is to be delivered. It may block as Deliver may, and
	// is called for values in order. The consumer does not use an unwanted value again.
	Wanted(ctx context.Context, v T) bool
}

// DeadLetterObserver is implemented by a [Handler] that needs to know which of its parsed
// values become dead letters.
type DeadLetterObserver[T any] interface {
	// ObserveDeadLetter is called for a value that will not be delivered again,
	// with the reason of the dead letter and the error of the last attempt. It must
	// not block.
	ObserveDeadLetter(v T, reason string, err error)
}

// Reasons that the consumer itself gives for dead letters.
const (
	// ReasonUnparseable is an error from [Handler.Parse] without a reason of its own.
	ReasonUnparseable = "unparseable"
	// ReasonPanic is a panic in [Handler.Parse], or as many panics in [Handler.Deliver] as
	// [RetryLimit] allows.
	ReasonPanic = "panic"
	// ReasonDeliveryLimit is a failed delivery that the broker would drop if it were given
	// back, because its quorum queue limits redeliveries.
	ReasonDeliveryLimit = "delivery_limit"
)

// Dead marks err as permanent: the values concerned become dead letters with this reason, a
// short word in lower case.
func Dead(reason string, err error) error { return delivery.Refuse(reason, err) }

// BatchError is the error of [Handler.Deliver] when the results for the values of a batch
// differ.
type BatchError = delivery.BatchError
