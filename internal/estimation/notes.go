package estimation

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

const (
	// maxNotes is how many estimates are remembered at the most, at some 300 bytes each.
	maxNotes = 1 << 15
	// patience is how long an event waits for the stream to tell of it. The broker hands out
	// both at about the same time.
	patience = time.Second
	// startPatience is the same for events that come while the reader has just begun.
	startPatience = 10 * time.Second
	// mistrust is how long no event waits after one that has waited in vain.
	mistrust = 10 * time.Second
)

// notes are the estimates of the last events of the stream, by their ids, for sinks that get
// the same events.
type notes struct {
	began   time.Time
	answers *boundedcache.Cache[string, *event.Estimate] // nil: there is none
	unseen  atomic.Uint64

	mu      sync.Mutex
	waiting map[string]chan struct{} // closed when the event is noted, or no longer waited for
	newest  time.Time                // of what was told, by the hub's time
	vain    time.Time                // when an event last waited in vain
}

// put notes an event and its estimate. Nothing of the event is kept.
func (n *notes) put(e *event.Event) {
	id := strings.Clone(e.ID)
	n.answers.Put(id, remaining(e.Estimate, time.Time{}))
	n.mu.Lock()
	defer n.mu.Unlock()
	n.newest = later(n.newest, happenedAt(e))
	n.wake(id)
}

func (n *notes) wake(id string) {
	if waiting := n.waiting[id]; waiting != nil {
		close(waiting)
		delete(n.waiting, id)
	}
}

// await waits until an event is noted, if it is to be expected soon.
func (n *notes) await(ctx context.Context, e *event.Event) {
	waiting, until := n.wait(e)
	if waiting == nil {
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-waiting:
	case <-ctx.Done():
	case <-timer.C:
		n.giveUp(e.ID)
	}
}

// wait returns what to wait for and until when; nil if there is no need or no use.
func (n *notes) wait(e *event.Event) (waiting <-chan struct{}, until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, told := n.answers.Get(e.ID); told {
		return nil, until
	}
	now, happened := time.Now(), happenedAt(e)
	until = later(e.ReceivedAt.Add(patience), n.began.Add(startPatience))
	starting := now.Before(n.began.Add(startPatience))
	isPast := !happened.IsZero() && happened.Add(lateAfter).Before(n.newest)
	isMistrusted := !starting && now.Sub(n.vain) < mistrust
	if isPast || isMistrusted || !now.Before(until) {
		n.unseen.Add(1)
		return nil, until
	}
	ch := n.waiting[e.ID]
	if ch == nil {
		ch = make(chan struct{})
		n.waiting[strings.Clone(e.ID)] = ch
	}
	return ch, until
}

// giveUp lets all go on that wait for an event.
func (n *notes) giveUp(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, told := n.answers.Get(id); told {
		return
	}
	n.vain = time.Now()
	n.unseen.Add(1)
	n.wake(id)
}
