package consumer

import (
	"cmp"
	"errors"
	"slices"

	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// batch holds what one worker delivers together. values run parallel to items.
type batch[T any] struct {
	items   []item[T]
	values  []T
	settled []*Delivery
	limit   int // how many may be tried together; 0: all
}

// room reports whether a batch that may hold so many values takes one more.
func (b *batch[T]) room(size int, it *item[T]) bool {
	n := len(b.items)
	return n < size && (b.limit == 0 || n < b.limit) && (it.together() == 0 || n < it.together())
}

func (b *batch[T]) add(it *item[T]) {
	b.items = append(b.items, *it)
	b.values = append(b.values, it.v)
	if most := it.together(); most > 0 && (b.limit == 0 || most < b.limit) {
		b.limit = most
	}
}

// shrink leaves only kept, which lies at the start of items.
func (b *batch[T]) shrink(kept []item[T]) {
	clear(b.items[len(kept):])
	clear(b.values)
	b.items, b.values = kept, b.values[:0]
	for i := range kept {
		b.values = append(b.values, kept[i].v)
	}
}

// reset empties the batch.
func (b *batch[T]) reset() {
	b.shrink(b.items[:0])
	b.limit = 0
}

// sort puts a batch in broker order, which values with one key are in anyway: people
// read what waited to be sent together.
func (b *batch[T]) sort() {
	slices.SortFunc(b.items, func(x, y item[T]) int { return cmp.Compare(x.d.DeliveryTag, y.d.DeliveryTag) })
	b.shrink(b.items)
}

// together returns how many from the front on may be tried together.
func (b *batch[T]) together() int {
	n := len(b.items)
	for i := 0; i < n; i++ {
		if most := b.items[i].together(); most > 0 {
			n = min(n, max(most, i))
		}
	}
	return n
}

// attempt describes an attempt at the first n of the batch.
func (b *batch[T]) attempt(n int) breaker.Attempt {
	a := breaker.Attempt{Key: b.items[0].key, Fresh: true}
	for i := range b.items[:n] {
		a.Fresh = a.Fresh && b.items[i].tries == nil
	}
	return a
}

// answers holds the result of Deliver for n values: one error each, place by place, and
// one for the rest.
type answers struct {
	n    int
	each []error
	rest error
}

func answersOf(err error, n int) answers {
	if e, ok := errors.AsType[*BatchError](err); ok {
		return answers{n: n, each: e.Errs, rest: e.At(len(e.Errs))}
	}
	return answers{n: n, rest: err}
}

// at returns the answer for the value at place i. It is about that value alone if it was
// delivered alone or the answer named it.
func (a answers) at(i int) (err error, alone bool) { //nolint:revive // the error is a value here
	if i < len(a.each) {
		return a.each[i], true
	}
	return a.rest, a.n == 1
}

// half returns how many of the rest are tried together next.
func (a answers) half() int { return max(1, (a.n-len(a.each)+1)/2) }

// failure returns the first error that shows that the sink does not work; nil if
// it took or refused any of the values.
func (a answers) failure() (failure error) {
	for i := range a.n {
		err, _ := a.at(i)
		if _, refused := delivery.Reason(err); err == nil || refused {
			return nil
		}
		failure = cmp.Or(failure, err)
	}
	return failure
}
