package main

import (
	"container/list"
	"sync"
	"time"
)

// seen remembers ids for a while. A server that must not work on an event twice
// even over its own restart keeps them in its database, in the transaction in which
// it does the work.
type seen struct {
	window time.Duration

	mu    sync.Mutex
	byID  map[string]*entry
	order *list.List // of *entry, the oldest first
}

type entry struct {
	id   string
	at   time.Time
	work sync.Mutex // held while somebody works on it
	done bool
}

// maxSeen bounds how many ids are remembered.
const maxSeen = 100_000

func newSeen(window time.Duration) *seen {
	return &seen{window: window, byID: map[string]*entry{}, order: list.New()}
}

// once does the work for an id unless it was done within the window. One that
// comes while another request works on it waits for the result.
func (s *seen) once(id string, work func() error) error {
	e := s.entry(id)
	e.work.Lock()
	defer e.work.Unlock()
	if e.done {
		return nil
	}
	err := work()
	e.done = err == nil
	return err
}

func (s *seen) entry(id string) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for oldest := s.order.Front(); oldest != nil; oldest = s.order.Front() {
		e := oldest.Value.(*entry)
		if now.Sub(e.at) < s.window && s.order.Len() < maxSeen {
			break
		}
		s.order.Remove(oldest)
		delete(s.byID, e.id)
	}
	if e := s.byID[id]; e != nil {
		return e
	}
	e := &entry{id: id, at: now}
	s.byID[id] = e
	s.order.PushBack(e)
	return e
}
