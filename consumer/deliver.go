package consumer

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// batch is what one lane has in hand. values run parallel to items.
type batch[T any] struct {
	items   []item[T]
	values  []T
	settled []*Delivery
	alone   bool // deliver values one by one
}

func (b *batch[T]) add(it *item[T]) {
	b.items = append(b.items, *it)
	b.values = append(b.values, it.v)
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

// deliver hands a batch over, as often as it takes, and leaves it empty. It is
// false if the pipeline was stopped before that.
func (p *pipeline[T]) deliver(b *batch[T]) bool {
	pause, failing, worked := p.pause, false, true
	for len(b.items) > 0 && p.soft.Err() == nil {
		probe, ok := p.gate.enter(p.soft)
		if !ok {
			break
		}
		renewal := p.gate.renewal()
		err := p.attempt(b)
		p.gate.leave(probe, err)
		if worked = err == nil; worked {
			continue
		}
		if !failing {
			failing = true
			p.sink.begin(err)
		}
		if len(b.items) > 0 && !p.gate.shut() { // else it says when to try
			if !sleepUnless(p.soft, renewal, pause.next()) {
				pause.reset()
			}
		}
	}
	if failing {
		p.sink.leave()
		p.keep(b.items)
	}
	if len(b.items) > 0 {
		return false
	}
	b.alone = false
	if worked {
		p.sink.fine()
	}
	return true
}

// attempt delivers once and settles what that decided. What is left in the batch
// is to be tried again, after a pause if there is an error.
func (p *pipeline[T]) attempt(b *batch[T]) error {
	n := len(b.items)
	if b.alone {
		n = 1
	}
	err := p.call(p.hard, b.values[:n])
	if each, ok := errors.AsType[*BatchError](err); ok {
		return p.settle(b, n, each.at)
	}
	if _, ok := permanent(err); ok && n > 1 {
		b.alone = true // find out which of them it is
		return nil
	}
	return p.settle(b, n, func(int) error { return err })
}

// call is Deliver, in which a panic is a permanent error.
func (p *pipes[T]) call(ctx context.Context, values []T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked("deliver", r)
		}
	}()
	return p.handler.Deliver(ctx, values)
}

// settle gives verdicts on the first n of a batch and takes from it what has one.
// The error is that of the first for which the sink has not worked.
func (p *pipeline[T]) settle(b *batch[T], n int, answer func(place int) error) (again error) {
	kept := b.items[:0]
	for i, it := range b.items[:n] {
		err := answer(i)
		if err != nil {
			err = p.spend(&it, err)
		}
		reason, dead := permanent(err)
		switch {
		case err == nil:
			b.settled = append(b.settled, it.d)
		case dead && !p.cutShort(err):
			p.abandon(it.v, reason, err)
			p.dead.add(newDeadLetter(&it, reason, err))
			if reason == ReasonRetriesSpent {
				again = cmp.Or(again, err) // the sink has not worked
			}
		default:
			again = cmp.Or(again, err)
			kept = append(kept, it)
			p.counters.retries.Add(1)
		}
	}
	b.shrink(append(kept, b.items[n:]...))
	if len(b.settled) > 0 {
		p.accepted.Store(true)
	}
	p.settleDone(b)
	return again
}

// abandon tells a handler that wants to know. What goes wrong there changes nothing.
func (p *pipeline[T]) abandon(v T, reason string, err error) {
	if a, ok := p.handler.(Abandoner[T]); ok {
		defer func() { _ = recover() }()
		a.Abandon(v, reason, err)
	}
}

// settleDone gives a verdict on those that are done.
func (p *pipeline[T]) settleDone(b *batch[T]) {
	p.counters.done.Add(uint64(p.settler.done(b.settled...)))
	clear(b.settled)
	b.settled = b.settled[:0]
}

// spend notes a failed attempt, and makes its error permanent if it was the last
// one to be had.
func (p *pipeline[T]) spend(it *item[T], err error) error {
	it.tries.note(err, time.Now())
	if _, dead := permanent(err); dead {
		return err
	}
	if spent := p.budget.spent(&it.tries, err); spent != nil {
		return spent
	}
	return err
}

// cutShort says whether an error comes from the end of the work, whatever else it
// claims to be.
func (p *pipeline[T]) cutShort(err error) bool {
	return p.hard.Err() != nil && errors.Is(err, context.Canceled)
}
