package consumer

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Gather says what batches wait for. The zero value has them wait for nothing:
// what is there is delivered.
type Gather struct {
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

func (g *Gather) waits() bool { return g.Linger > 0 || g.Interval > 0 }

// Sieve is a [Handler] that can tell beforehand which values it takes without doing
// anything with them. Where batches wait, such values are settled at once and
// take no room in them.
type Sieve[T any] interface {
	// Wanted tells whether a value is to be delivered. It may wait as Deliver may,
	// and runs for values in order. One that is not wanted is the handler's again.
	Wanted(ctx context.Context, v T) bool
}

// gathering is what the lanes of a pipeline share to gather batches: one of them
// gathers while the others deliver or wait.
type gathering struct {
	turn chan struct{} // capacity 1
	last time.Time     // when a batch was handed over; of whose turn it is
}

// fill gets the next batch for a lane, and the strands it is of. It is not ok if
// there will be no more.
func (p *pipeline[T]) fill(s *strands[T], b *batch[T], held []*strand[T]) (_ []*strand[T], ok bool) {
	if !p.gather.waits() {
		held = s.next(b, held, p.batch)
		return held, len(held) > 0
	}
	select {
	case p.gathering.turn <- struct{}{}:
	case <-p.soft.Done():
		return held, false
	}
	defer func() { <-p.gathering.turn }()
	var until time.Time // zero while there is nothing
	for {
		n := len(b.items)
		if held, ok = s.more(b, held, p.batch, until); !ok {
			return held, false
		}
		p.sift(b, n)
		now := time.Now()
		switch {
		case len(b.items) == 0:
			s.release(held)
			held = held[:0]
			continue
		case until.IsZero():
			until = now.Add(p.gather.Linger)
			if next := p.gathering.last.Add(p.gather.Interval); next.After(until) {
				until = next
			}
		}
		if p.full(b) || !now.Before(until) {
			p.gathering.last = now
			b.sort()
			return held, true
		}
	}
}

// sort puts a batch in broker order, which those with one key are in anyway: people
// read what is gathered.
func (b *batch[T]) sort() {
	slices.SortFunc(b.items, func(x, y item[T]) int { return cmp.Compare(x.d.DeliveryTag, y.d.DeliveryTag) })
	b.shrink(b.items)
}

// full tells whether a batch waits for nothing any more.
func (p *pipeline[T]) full(b *batch[T]) bool {
	if len(b.items) >= p.batch {
		return true
	}
	bytes := 0
	for i := range b.items {
		bytes += len(b.items[i].d.Body)
	}
	return p.gather.Bytes > 0 && bytes >= p.gather.Bytes
}

// sift settles those from place n on that the handler does not want.
func (p *pipeline[T]) sift(b *batch[T], n int) {
	sieve, ok := p.handler.(Sieve[T])
	if !ok {
		return
	}
	kept := b.items[:n]
	for _, it := range b.items[n:] {
		if p.wanted(sieve, it.v) {
			kept = append(kept, it)
		} else {
			b.settled = append(b.settled, it.d)
		}
	}
	b.shrink(kept)
	p.settleDone(b)
}

// wanted is Wanted, in which a panic leaves it to Deliver to panic.
func (p *pipeline[T]) wanted(s Sieve[T], v T) (wanted bool) {
	wanted = true
	defer func() { _ = recover() }()
	return s.Wanted(p.hard, v)
}

// more waits until there is more for a batch, of the strands it is of already or
// of others, or for a batch that has something until a time. It is not ok if there
// will be no more.
func (s *strands[T]) more(b *batch[T], held []*strand[T], size int, until time.Time) (_ []*strand[T], ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gatherer = true
	defer func() { s.gatherer = false }()
	late := false
	if !until.IsZero() {
		timer := time.AfterFunc(time.Until(until), func() {
			s.mu.Lock()
			late = true
			s.mu.Unlock()
			s.wake.Broadcast()
		})
		defer timer.Stop()
	}
	for n := len(b.items); !s.closed; s.wake.Wait() {
		for _, st := range held {
			st.moveTo(b, size)
		}
		held = s.takeLocked(b, held, size)
		if len(b.items) > n || late {
			return held, true
		}
	}
	return held, false
}
