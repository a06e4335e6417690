package board

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Snapshot is the board at a time. It is never changed.
type Snapshot struct {
	Version uint64
	At      time.Time
	// Live is what runs or waits, the newest first; Ended is what does not any more, the
	// last that ended first.
	Live, Ended []*Entry
	Queue       []QueueRow

	byKey map[string]*Entry
	runs  map[string][]Run
}

// Entry returns an entry by its key, nil if there is none.
func (s *Snapshot) Entry(key string) *Entry { return s.byKey[key] }

// Runs returns the builds of a package that ended lately, the last one last.
func (s *Snapshot) Runs(pkg string) []Run { return s.runs[pkg] }

// All returns what is there, live entries first.
func (s *Snapshot) All() []*Entry { return slices.Concat(s.Live, s.Ended) }

// snapshot makes a snapshot; nil if nothing has changed since the last.
func (m *model) snapshot(now time.Time) *Snapshot {
	if len(m.dirty) == 0 && !m.moved {
		return nil
	}
	m.moved = false
	m.version++
	for id := range m.dirty {
		if e := m.make(id); e != nil {
			m.entries[id] = e
		} else {
			delete(m.entries, id)
		}
	}
	clear(m.dirty)
	if m.told == nil {
		m.told = maps.Clone(m.runs)
	}
	s := &Snapshot{Version: m.version, At: now, byKey: make(map[string]*Entry, len(m.entries)), Queue: m.queue(), runs: m.told}
	for _, e := range m.entries {
		s.byKey[e.Key] = e
		if e.State.Live() {
			s.Live = append(s.Live, e)
		} else {
			s.Ended = append(s.Ended, e)
		}
	}
	slices.SortFunc(s.Live, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(b.id.task, a.id.task), cmp.Compare(b.id.build, a.id.build))
	})
	slices.SortFunc(s.Ended, func(a, b *Entry) int {
		return cmp.Or(b.Ended.Compare(a.Ended), cmp.Compare(b.Key, a.Key))
	})
	return s
}
