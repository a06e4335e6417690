package consumer

import "sync"

// fanOut starts the lanes where there are several, and the router before them.
func (p *pipeline[T]) fanOut(all *sync.WaitGroup) {
	s := newStrands[T]()
	all.Go(func() {
		defer s.close()
		p.route(s)
	})
	for range p.lanes {
		all.Go(func() { p.lane(s) })
	}
}

// route sorts items into strands, in broker order.
func (p *pipeline[T]) route(s *strands[T]) {
	for c := range p.order {
		p.parsedChunk(c)
		if p.soft.Err() != nil {
			return
		}
		for i := range c.items {
			if c.items[i].err != nil {
				p.bury(&c.items[i])
			}
		}
		s.push(c.items)
		p.recycle(c)
	}
}

// lane is one of several.
func (p *pipeline[T]) lane(s *strands[T]) {
	var b batch[T]
	var held []*strand[T]
	for {
		var ok bool
		held, ok = p.fill(s, &b, held[:0])
		if !ok || !p.deliver(&b) {
			return
		}
		s.release(held)
	}
}

// strands keep values with the same key in order: of each strand one lane at a
// time has something in hand. Any lane takes any strand, so a value waits for no
// other but those with its own key.
type strands[T any] struct {
	mu       sync.Mutex
	wake     sync.Cond
	byKey    map[uint64]*strand[T]
	ready    []*strand[T] // not in hand, with items
	idle     []*strand[T] // for use again
	gatherer bool         // the one lane that waits has strands in hand
	closed   bool
}

// strand is in byKey from its first item on until it is empty and in no lane's
// hand; it is ready only while it is in nobody's hand.
type strand[T any] struct {
	key   uint64
	items []item[T]
}

func newStrands[T any]() *strands[T] {
	s := &strands[T]{byKey: map[uint64]*strand[T]{}}
	s.wake.L = &s.mu
	return s
}

// push adds items to the ends of their strands; those that cannot be parsed are
// none.
func (s *strands[T]) push(items []item[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range items {
		if items[i].err == nil {
			s.pushLocked(&items[i])
		}
	}
}

func (s *strands[T]) pushLocked(it *item[T]) {
	st := s.byKey[it.key]
	if st == nil {
		st = s.newLocked(it.key)
		s.readyLocked(st)
	}
	st.items = append(st.items, *it)
	if s.gatherer {
		s.wake.Signal()
	}
}

func (s *strands[T]) newLocked(key uint64) *strand[T] {
	var st *strand[T]
	if last := len(s.idle) - 1; last >= 0 {
		st, s.idle = s.idle[last], s.idle[:last]
	} else {
		st = &strand[T]{}
	}
	st.key = key
	s.byKey[key] = st
	return st
}

func (s *strands[T]) readyLocked(st *strand[T]) {
	s.ready = append(s.ready, st)
	s.wake.Signal()
}

// next waits for work and fills the batch up to size from one strand or more,
// which are in hand until released. It returns none when there will be no more.
func (s *strands[T]) next(b *batch[T], held []*strand[T], size int) []*strand[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ready) == 0 && !s.closed {
		s.wake.Wait()
	}
	if s.closed {
		return nil
	}
	return s.takeLocked(b, held, size)
}

// takeLocked fills the batch from strands that are ready.
func (s *strands[T]) takeLocked(b *batch[T], held []*strand[T], size int) []*strand[T] {
	for len(s.ready) > 0 && len(b.items) < size {
		st := s.ready[0]
		s.ready[0] = nil
		s.ready = s.ready[1:]
		st.moveTo(b, size)
		held = append(held, st)
	}
	return held
}

// moveTo fills the batch from the front of the strand.
func (st *strand[T]) moveTo(b *batch[T], size int) {
	n := min(len(st.items), size-len(b.items))
	for i := range st.items[:n] {
		b.add(&st.items[i])
	}
	clear(st.items[:n])
	st.items = st.items[n:]
}

// release gives strands back whose values in hand are settled.
func (s *strands[T]) release(held []*strand[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range held {
		if len(st.items) > 0 {
			s.readyLocked(st)
			continue
		}
		delete(s.byKey, st.key)
		s.idle = append(s.idle, st)
	}
}

// close ends the waiting; what is left in the strands stays there.
func (s *strands[T]) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.wake.Broadcast()
}
