package board

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Estimator tells of tasks that have not ended.
type Estimator interface {
	// Estimate is zero where nothing is known.
	Estimate(task int64, now time.Time) Estimate
	// Follows reports whether a task is known and has not ended.
	Follows(task int64) bool
	// FreePlace returns when a task that came now would start, in the channel of an id on
	// an arch; the zero time where that is not known.
	FreePlace(channel int64, arch string, now time.Time) time.Time
}

// Options say what a board goes by. The zero value is usable.
type Options struct {
	// Estimator is asked anew from time to time, since estimates change with the queue.
	// Default: estimates are those of events.
	Estimator Estimator
	// Web has the pages of tasks that only the hub tells of. Default: they have no links.
	Web koji.Web
	// Now is the time of the build system. Default: time.Now.
	Now func() time.Time
}

// The pace of a board.
const (
	publishEvery  = 100 * time.Millisecond
	estimateEvery = 5 * time.Second
)

// maxPending bounds how many updates wait to be taken in, which happens several times a
// second. What comes beyond is dropped and counted.
const maxPending = 1 << 14

// Board is the live state. Create one with New; its Run must run for snapshots to come.
type Board struct {
	opts    Options
	current atomic.Pointer[Snapshot]
	dropped atomic.Uint64

	mu      sync.Mutex
	pending []update
	spare   []update // its memory is used again
	gap     bool     // something was dropped since pending was last taken
	changed chan struct{}

	model *model // of the goroutine of Run
}

// New returns an empty board.
func New(o Options) *Board {
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Board{opts: o, changed: make(chan struct{}), model: newModel()}
	b.current.Store(&Snapshot{At: o.Now(), byKey: map[string]*Entry{}})
	return b
}

// Observe takes in an event. It does not wait for anything but other observers.
func (b *Board) Observe(e *event.Event) {
	if u, ok := updateOf(e, b.opts.Now()); ok {
		b.put(u)
	}
}

// Load takes in tasks as the hub lists them. Where the list is whole, tasks that it does
// not name and that no event was about since have ended unseen.
func (b *Board) Load(tasks []koji.Task, at time.Time, whole bool) {
	names := make(map[int64]bool, len(tasks))
	for i := range tasks {
		names[tasks[i].ID] = true
		t := taskOf(&tasks[i], at)
		t.freed = true
		if b.opts.Web != (koji.Web{}) {
			t.URL = b.opts.Web.Task(t.ID)
		}
		b.put(update{task: t})
	}
	if whole {
		b.put(update{listed: &listing{names, at}})
	}
}

func (b *Board) put(u update) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending) >= maxPending {
		b.dropped.Add(1)
		b.gap = true
		return
	}
	b.pending = append(b.pending, u)
}

// Dropped returns how many updates were dropped because too many came at once.
func (b *Board) Dropped() uint64 { return b.dropped.Load() }

// Snapshot returns the newest snapshot, and a channel that is closed when there is a newer
// one.
func (b *Board) Snapshot() (*Snapshot, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.current.Load(), b.changed
}

// Run publishes snapshots until ctx ends.
func (b *Board) Run(ctx context.Context) {
	tick := time.NewTicker(publishEvery)
	defer tick.Stop()
	var estimated time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if begun := time.Now(); begun.Sub(estimated) >= estimateEvery {
			estimated = begun
			b.model.estimate(b.opts.Estimator, b.opts.Now())
			b.model.expire(b.opts.Now())
		}
		b.publish()
	}
}

// publish takes in what waits and makes a snapshot, if that changes anything.
func (b *Board) publish() {
	b.mu.Lock()
	updates, gap := b.pending, b.gap
	b.pending, b.spare, b.gap = b.spare[:0], nil, false
	b.mu.Unlock()
	for i := range updates {
		b.model.apply(&updates[i])
	}
	if gap && b.opts.Estimator != nil {
		b.model.dropUnless(func(t *Task) bool { return !t.heard || b.opts.Estimator.Follows(t.ID) })
	}
	clear(updates)
	next := b.model.snapshot(b.opts.Now())
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spare = updates[:0]
	if next != nil {
		b.current.Store(next)
		close(b.changed)
		b.changed = make(chan struct{})
	}
}

// Now is the time of the build system.
func (b *Board) Now() time.Time { return b.opts.Now() }
