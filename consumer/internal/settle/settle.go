// Package settle tracks which deliveries of a session are done and acknowledged.
package settle

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Settler tracks the deliveries of one session: which are pending, which are done, and which
// to acknowledge next.
//
// An acknowledgement with "multiple" settles every delivery up to its tag, so it is used only
// up to the oldest one still pending. Those done after it wait, until they fill half the
// prefetch window or nothing else happens; then they are acknowledged one by one.
type Settler struct {
	epoch    uint64
	prefetch int
	stale    *atomic.Uint64
	wake     chan struct{} // capacity 1: there may be something to acknowledge
	begun    time.Time     // what the times of entries count from

	mu     sync.Mutex
	lost   bool
	out    []entry // what the broker waits for, by rising tag, from head on
	head   int
	holes  int // done, not yet acknowledged
	worked bool
}

type entry struct {
	tag  uint64
	at   time.Duration // when it was received, by a clock that nobody sets
	done bool
}

// New returns the settler of a session. It adds deliveries that are settled too late to stale.
func New(epoch uint64, prefetch int, stale *atomic.Uint64) *Settler {
	return &Settler{
		epoch:    epoch,
		prefetch: prefetch,
		stale:    stale,
		wake:     make(chan struct{}, 1),
		begun:    time.Now(),
		out:      make([]entry, 0, min(prefetch, 1024)),
	}
}

// Epoch returns the number of the session.
func (s *Settler) Epoch() uint64 { return s.epoch }

// Take records a delivery. Tags must increase.
func (s *Settler) Take(tag uint64, at time.Time) {
	s.mu.Lock()
	s.out = append(s.out, entry{tag: tag, at: at.Sub(s.begun)})
	s.mu.Unlock()
}

// Done records that deliveries may be acknowledged, and returns how many it recorded. It
// counts deliveries of another epoch, those recorded before and any after Lose as stale.
func (s *Settler) Done(deliveries ...*message.Delivery) int {
	s.mu.Lock()
	noted := 0
	for _, d := range deliveries {
		if s.noteLocked(d) {
			noted++
		}
	}
	s.holes += noted
	s.worked = s.worked || noted > 0
	s.mu.Unlock()
	if stale := len(deliveries) - noted; stale > 0 {
		s.stale.Add(uint64(stale))
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return noted
}

func (s *Settler) noteLocked(d *message.Delivery) bool {
	if s.lost || d.Epoch != s.epoch {
		return false
	}
	i := s.findLocked(d.DeliveryTag)
	if i < 0 || s.out[i].done {
		return false
	}
	s.out[i].done = true
	return true
}

// findLocked returns the index of a tag in out, or -1. Unless deliveries were acknowledged
// alone, the tags have no gaps and the first guess is right.
func (s *Settler) findLocked(tag uint64) int {
	live := s.out[s.head:]
	if len(live) == 0 || tag < live[0].tag {
		return -1
	}
	i := 0
	if guess := tag - live[0].tag; guess < uint64(len(live)) && live[guess].tag == tag {
		i = int(guess)
	} else {
		i = sort.Search(len(live), func(i int) bool { return live[i].tag >= tag })
	}
	if i == len(live) || live[i].tag != tag {
		return -1
	}
	return s.head + i
}

// next removes and returns what is to be acknowledged now: everything up to the tag upTo (0
// is nothing) and the tags appended to singles. waiting reports whether deliveries that are
// done remain; if all is set, next returns those too.
func (s *Settler) next(all bool, singles []uint64) (upTo uint64, _ []uint64, waiting bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return 0, singles, false
	}
	for s.head < len(s.out) && s.out[s.head].done {
		upTo = s.out[s.head].tag
		s.head++
		s.holes--
	}
	if s.holes > 0 && (all || s.holes > s.prefetch/2) {
		singles = s.pullHolesLocked(singles)
	}
	s.compactLocked()
	return upTo, singles, s.holes > 0
}

// pullHolesLocked moves the tags of all deliveries that are done from out to singles.
func (s *Settler) pullHolesLocked(singles []uint64) []uint64 {
	kept := s.out[s.head:s.head]
	for _, e := range s.out[s.head:] {
		if e.done {
			singles = append(singles, e.tag)
		} else {
			kept = append(kept, e)
		}
	}
	s.out = s.out[:s.head+len(kept)]
	s.holes = 0
	return singles
}

// compactLocked occasionally frees the memory of acknowledged deliveries.
func (s *Settler) compactLocked() {
	if s.head < len(s.out)-s.head {
		return
	}
	s.out = s.out[:copy(s.out, s.out[s.head:])]
	s.head = 0
}

// Lose ends the epoch: deliveries settled later are stale. It returns the number of
// deliveries that the broker will deliver again.
func (s *Settler) Lose() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = true
	return len(s.out) - s.head
}

// Pending reports whether a delivery is not done yet.
func (s *Settler) Pending(d *message.Delivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.findLocked(d.DeliveryTag)
	return i >= 0 && !s.out[i].done
}

// crowded reports whether unacknowledged deliveries that are done take so much of the
// prefetch window that the broker may stop delivering.
func (s *Settler) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holes > s.prefetch/4
}

// Open returns the number of unsettled deliveries.
func (s *Settler) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) - s.head - s.holes
}

// Oldest returns when the oldest pending delivery arrived. It is not ok if there is none.
func (s *Settler) Oldest() (at time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.out[s.head:] {
		if !e.done {
			return s.begun.Add(e.at), true
		}
	}
	return time.Time{}, false
}

// DidWork reports whether any delivery was settled.
func (s *Settler) DidWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worked
}
