package main

import (
	"container/list"
	"sync"
	"time"
)

// seen remembers ids for a while. If you must not repeat work even after a restart,
// store the ids in your database, in the same transaction as the work.
type seen struct {
	window time.Duration

	mu    sync.Mutex
	byID  map[string]*entry
	order *list.List // of *entry, oldest first
}

type entry struct {
	id   string
	at   time.Time
	work sync.Mutex // held while a request works on the event
	done bool
}

// maxSeen limits the number of remembered ids.
const maxSeen = 100_000

func newSeen(window time.Duration) *seen {
	return &seen{window: window, byID: map[string]*entry{}, order: list.New()}
}

// once calls work unless it was done for this id within the window. If another
// request is working on the id, once waits for its result.
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
