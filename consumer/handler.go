package consumer

import (
	"context"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// Handler works on deliveries. T is the type that a delivery is parsed to.
type Handler[T any] interface {
	// Parse turns one delivery into the value that is delivered on. It is pure
	// and runs for several deliveries at once. An error means that this
	// delivery can never succeed; see [Dead] for naming the reason, which is
	// otherwise [ReasonUnparseable].
	Parse(d *Delivery) (T, error)

	// Key returns the key of a value: values with the same key are delivered in
	// broker order. It is asked for only when there is more than
	// one worker or Options.Keyed is set, and runs for several values at once. Two
	// unrelated values that share a key by chance only wait for each other.
	Key(v T) uint64

	// Deliver hands over values, in order; the slice is the caller's again when
	// it returns. nil means that each has been accepted for good. A *BatchError
	// tells the values apart. Any other error means that none was accepted: one
	// made by [Dead] (or with a method Permanent() string) that they never will
	// be, every other one, an ended context included, that they are to be tried
	// again, which happens after a pause. When ctx ends, Deliver returns soon.
	//
	// An error to be tried again may have a method RetryAfter() time.Duration,
	// before which nothing is tried, and a method Outage() bool, which reports
	// whether the fault is not with these values; see [RetryLimit].
	//
	// With more than one worker it runs for several batches at once, whose values
	// have no key in common.
	Deliver(ctx context.Context, batch []T) error
}

// Prefilter is a [Handler] that can tell beforehand which values it takes, without
// doing anything with them. Where batches wait (see [BatchPolicy]), values that it
// does not want are settled at once and take no room in a batch. A Handler that has
// this method is a Prefilter.
type Prefilter[T any] interface {
	// Wanted reports whether a value is to be delivered. It may wait as Deliver may,
	// and runs for values in order. One that is not wanted is the handler's again.
	Wanted(ctx context.Context, v T) bool
}

// DeadLetterObserver is a [Handler] that is told which of its values become dead
// letters although they could be parsed. A Handler that has this method is a
// DeadLetterObserver.
type DeadLetterObserver[T any] interface {
	// ObserveDeadLetter is called for a value that will not be delivered again,
	// with the reason of the dead letter and the error of the last attempt. It must
	// not block.
	ObserveDeadLetter(v T, reason string, err error)
}

// Reasons for a dead letter that the consumer itself gives.
const (
	// ReasonUnparseable: a plain error from [Handler.Parse].
	ReasonUnparseable = "unparseable"
	// ReasonPanic: a panic in [Handler.Parse], or panics in
	// [Handler.Deliver] that come back as often as [RetryLimit] allows.
	ReasonPanic = "panic"
	// ReasonDeliveryLimit: a delivery failed that the broker would drop if
	// it were given back: its quorum queue limits redeliveries.
	ReasonDeliveryLimit = "delivery_limit"
)

// Dead marks err as permanent: what it is about can never succeed and becomes a
// dead letter with this reason, a short word in lower case.
func Dead(reason string, err error) error { return delivery.Refuse(reason, err) }

// BatchError is the error of [Handler.Deliver] when the values of one batch fared
// differently.
type BatchError = delivery.BatchError
