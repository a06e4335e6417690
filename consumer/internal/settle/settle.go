// Package settle tracks the deliveries of a session: what may be acknowledged, and
// what was.
package settle

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Settler tracks the deliveries of one session: which are out, which of them are
// done, and what may be acknowledged next. It sends nothing itself.
//
// An acknowledgement with "multiple" settles every delivery up to its tag, so it
// is used only up to the oldest one still pending. Those done behind it wait,
// unless they fill half the prefetch window or nothing else happens; then they
// are acknowledged one by one.
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

// New returns the settler of a session, which counts verdicts that come too late.
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

// Take enters a delivery. Tags come in rising order.
func (s *Settler) Take(tag uint64, at time.Time) {
	s.mu.Lock()
	s.out = append(s.out, entry{tag: tag, at: at.Sub(s.begun)})
	s.mu.Unlock()
}

// Done notes that deliveries may be acknowledged, and returns how many of them it
// noted. One of another epoch, one already noted and any after the session was
// lost are counted as stale and change nothing.
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

// findLocked returns the place of a tag in out, or -1. Without stragglers the tags have
// no gaps and the first guess is right.
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

// next takes out what is to be acknowledged now: everything up to the
// tag upTo (0 is nothing) and each tag appended to singles. waiting reports whether
// something done is left behind; all takes that too.
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

// pullHolesLocked moves all that is done from out to singles.
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

// compactLocked frees the memory of what is settled, now and then.
func (s *Settler) compactLocked() {
	if s.head < len(s.out)-s.head {
		return
	}
	s.out = s.out[:copy(s.out, s.out[s.head:])]
	s.head = 0
}

// Lose ends the epoch: from now on every verdict is stale. It returns how many
// deliveries the broker will hand out again.
func (s *Settler) Lose() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = true
	return len(s.out) - s.head
}

// Pending reports whether a delivery has no verdict yet.
func (s *Settler) Pending(d *message.Delivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.findLocked(d.DeliveryTag)
	return i >= 0 && !s.out[i].done
}

// crowded reports whether what is done and not acknowledged takes so much of the
// prefetch window that it holds up the flow.
func (s *Settler) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holes > s.prefetch/4
}

// Open returns how many deliveries are not settled.
func (s *Settler) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.out) - s.head - s.holes
}

// Oldest returns when the delivery came in that has been pending longest.
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

// DidWork reports whether anything was settled.
func (s *Settler) DidWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.worked
}
