package workqueue

import (
	"cmp"
	"slices"

	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Batch holds the items that one worker delivers together. The zero value is empty.
type Batch[T any] struct {
	Items   []Item[T]
	Values  []T                 // of Items, in the same order
	Settled []*message.Delivery // done, but not yet settled
	limit   int                 // the smallest maxTogether of the items; 0: none has one
}

// Full reports whether the batch can take no more: it has size items or that many bytes of
// message bodies, or one of its items must not be in a larger batch. 0 bytes is no limit.
func (b *Batch[T]) Full(size, bytes int) bool {
	n := len(b.Items)
	if n >= size || b.limit > 0 && n >= b.limit {
		return true
	}
	sum := 0
	for i := range b.Items {
		sum += len(b.Items[i].Delivery.Body)
	}
	return bytes > 0 && sum >= bytes
}

// hasRoom reports whether the batch, which may hold size items, can take it.
func (b *Batch[T]) hasRoom(size int, it *Item[T]) bool {
	n := len(b.Items)
	return n < size && (b.limit == 0 || n < b.limit) && (it.maxTogether() == 0 || n < it.maxTogether())
}

// Add appends an item.
func (b *Batch[T]) Add(it *Item[T]) {
	b.Items = append(b.Items, *it)
	b.Values = append(b.Values, it.Value)
	if most := it.maxTogether(); most > 0 && (b.limit == 0 || most < b.limit) {
		b.limit = most
	}
}

// Keep removes all items but kept, which must be a prefix of the memory of Items.
func (b *Batch[T]) Keep(kept []Item[T]) {
	clear(b.Items[len(kept):])
	clear(b.Values)
	b.Items, b.Values = kept, b.Values[:0]
	for i := range kept {
		b.Values = append(b.Values, kept[i].Value)
	}
}

// reset empties the batch.
func (b *Batch[T]) reset() {
	b.Keep(b.Items[:0])
	b.limit = 0
}

// Sort puts the items into broker order. Those with the same key are in that order anyway,
// but people read values that waited to be sent together.
func (b *Batch[T]) Sort() {
	slices.SortFunc(b.Items, func(x, y Item[T]) int {
		return cmp.Compare(x.Delivery.DeliveryTag, y.Delivery.DeliveryTag)
	})
	b.Keep(b.Items)
}

// Together returns how many items, from the first on, may be delivered together.
func (b *Batch[T]) Together() int {
	n := len(b.Items)
	for i := 0; i < n; i++ {
		if most := b.Items[i].maxTogether(); most > 0 {
			n = min(n, max(most, i))
		}
	}
	return n
}

// Attempt describes an attempt at the first n items to the circuit breaker.
func (b *Batch[T]) Attempt(n int) breaker.Attempt {
	a := breaker.Attempt{Key: b.Items[0].Key, Fresh: true}
	for i := range b.Items[:n] {
		a.Fresh = a.Fresh && b.Items[i].Tries == nil
	}
	return a
}
