package consumer

import (
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// BatchPolicy says what batches wait for. The zero value has them wait for
// nothing: what is there is delivered.
type BatchPolicy struct {
	// Linger is how long a batch that is not full waits for more, from its first
	// value on.
	Linger time.Duration
	// Interval is how long after the batch before it one may be handed over; what
	// comes meanwhile joins it. A full one waits no longer.
	Interval time.Duration
	// Bytes of message bodies make a batch full, however few they are; 0 is no
	// bound.
	Bytes int
}

func (b *BatchPolicy) waits() bool { return b.Linger > 0 || b.Interval > 0 }

// batching lets one worker of a pipeline at a time wait for its batch to fill, while
// the others deliver.
type batching struct {
	filling chan struct{} // capacity 1: full while a worker fills its batch
	last    time.Time     // when a batch was handed over; belongs to that worker
}

// dropUnwanted settles the values from place n on that the handler does not want.
func (p *pipeline[T]) dropUnwanted(b *workqueue.Batch[T], n int) {
	filter, ok := p.o.handler.(Prefilter[T])
	if !ok {
		return
	}
	kept := b.Items[:n]
	for _, it := range b.Items[n:] {
		if it.Wanted || p.wanted(filter, it.Value) {
			it.Wanted = true
			kept = append(kept, it)
		} else {
			b.Settled = append(b.Settled, it.Delivery)
		}
	}
	b.Keep(kept)
	p.settleDone(b)
}

// wanted calls Wanted. After a panic the value is wanted: Deliver will panic too.
func (p *pipeline[T]) wanted(f Prefilter[T], v T) (wanted bool) {
	wanted = true
	defer func() { _ = recover() }()
	return f.Wanted(p.hard, v)
}
