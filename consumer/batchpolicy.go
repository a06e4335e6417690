package consumer

import (
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// BatchPolicy controls how long batches wait for more values. With the zero value they do
// not wait.
type BatchPolicy struct {
	// Linger is how long a batch that is not full waits for more values after its first
	// one. 0 does not wait.
	Linger time.Duration
	// Interval is the minimum time between two batches that are not full; values that come
	// in between join the second. 0 is no minimum.
	Interval time.Duration
	// Bytes is the total size of message bodies that makes a batch full, however few they
	// are. 0 is no limit.
	Bytes int
}

func (b *BatchPolicy) waits() bool { return b.Linger > 0 || b.Interval > 0 }

// batching lets one worker of a pipeline at a time wait for its batch to fill while the
// others deliver.
type batching struct {
	filling chan struct{} // capacity 1: full while a worker fills its batch
	last    time.Time     // when the last batch was complete; only used by that worker
}

// dropUnwanted settles the values from index n on that the handler does not want.
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

// wanted calls Wanted. A panic makes the value wanted, so that Deliver reports it.
func (p *pipeline[T]) wanted(f Prefilter[T], v T) (wanted bool) {
	wanted = true
	defer func() { _ = recover() }()
	return f.Wanted(p.hard, v)
}
