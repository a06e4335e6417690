package workqueue

import (
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// Item is a delivery with the value that it was parsed to.
type Item[T any] struct {
	Delivery *message.Delivery
	Value    T
	Key      uint64
	Err      error // the delivery cannot be parsed

	Tries        *attempts.Tries // nil until an attempt has failed
	Wanted       bool            // a prefilter has accepted the value
	LastDelivery bool            // the broker drops the message if it is given back
}

// Note records a failed attempt.
func (it *Item[T]) Note(b attempts.Blame) {
	if it.Tries == nil {
		it.Tries = &attempts.Tries{}
	}
	it.Tries.Note(b, time.Now())
}

// maxTogether returns the size of the largest batch that the item may be part of; 0 is no
// limit.
func (it *Item[T]) maxTogether() int {
	if it.Tries == nil {
		return 0
	}
	return it.Tries.Together
}

// Failures returns the number of failures that determines the pause before the next
// attempt: all of them if the last one was an outage, else those that the item is blamed
// for. It is at least 1.
func (it *Item[T]) Failures(last error) int {
	switch {
	case it.Tries == nil:
		return 1
	case delivery.IsOutage(last):
		return it.Tries.All
	}
	return max(1, it.Tries.Counted())
}
