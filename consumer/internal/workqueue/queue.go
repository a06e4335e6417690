// Package workqueue distributes deliveries to workers: one batch at a time each, the
// deliveries of a key in order.
package workqueue

import (
	"slices"
	"sync"
	"time"
)

// Queue hands items to workers and keeps those with the same key in order: at most one
// worker at a time has items of a key. Any worker takes any key, so an item waits only for
// those with its own key. An item that fails goes back to the front of its key, and no
// worker is occupied while the key waits for the next attempt.
type Queue[T any] struct {
	mu      sync.Mutex
	wake    sync.Cond
	byKey   map[uint64]*KeyQueue[T]
	ready   []*KeyQueue[T] // with items, and not with a worker
	delayed map[*delay[T]]struct{}
	idle    []*KeyQueue[T] // for reuse
	filling bool           // a worker waits for more items for its batch
	inOrder bool           // keep the order of the broker: there is only one worker
	closed  bool
}

// KeyQueue holds the items of one key. It is in byKey until it is empty and no worker has
// it, and in ready while it has items, is not delayed and no worker has it.
type KeyQueue[T any] struct {
	key     uint64
	items   []Item[T]
	failing bool // the first item has failed
}

// delay is a pause before the next attempt at some keys.
type delay[T any] struct {
	keys  []*KeyQueue[T]
	timer *time.Timer
}

// New returns an empty queue for that many workers.
func New[T any](workers int) *Queue[T] {
	q := &Queue[T]{inOrder: workers == 1, byKey: map[uint64]*KeyQueue[T]{}, delayed: map[*delay[T]]struct{}{}}
	q.wake.L = &q.mu
	return q
}

// Push appends items to their keys. It skips items that could not be parsed.
func (q *Queue[T]) Push(items []Item[T]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range items {
		if items[i].Err == nil {
			q.pushLocked(&items[i])
		}
	}
}

func (q *Queue[T]) pushLocked(it *Item[T]) {
	k := q.byKey[it.Key]
	if k == nil {
		k = q.newLocked(it.Key)
		k.items = append(k.items, *it)
		q.readyLocked(k)
	} else {
		k.items = append(k.items, *it)
	}
	if q.filling {
		q.wake.Signal()
	}
}

func (q *Queue[T]) newLocked(key uint64) *KeyQueue[T] {
	var k *KeyQueue[T]
	if last := len(q.idle) - 1; last >= 0 {
		k, q.idle = q.idle[last], q.idle[:last]
	} else {
		k = &KeyQueue[T]{}
	}
	k.key = key
	q.byKey[key] = k
	return k
}

// readyLocked makes a key ready for a worker. A single worker delivers in broker order
// while nothing fails: the key goes before those whose first items came later, except those
// that fail, which keep their place.
func (q *Queue[T]) readyLocked(k *KeyQueue[T]) {
	at := len(q.ready)
	for q.inOrder && at > 0 && q.ready[at-1].isBehind(k) {
		at--
	}
	q.ready = slices.Insert(q.ready, at, k)
	q.wake.Signal()
}

func (k *KeyQueue[T]) isBehind(other *KeyQueue[T]) bool {
	return !k.failing && k.items[0].Delivery.DeliveryTag > other.items[0].Delivery.DeliveryTag
}

// Next waits for items, moves up to size of them into the batch and appends their keys to
// held. The keys belong to the caller until Release. It returns nil when the queue is closed.
func (q *Queue[T]) Next(b *Batch[T], held []*KeyQueue[T], size int) []*KeyQueue[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) == 0 && !q.closed {
		q.wake.Wait()
	}
	if q.closed {
		return nil
	}
	return q.takeLocked(b, held, size)
}

// takeLocked fills the batch from ready keys.
func (q *Queue[T]) takeLocked(b *Batch[T], held []*KeyQueue[T], size int) []*KeyQueue[T] {
	for len(q.ready) > 0 {
		k := q.ready[0]
		if !k.moveTo(b, size) {
			break
		}
		q.ready[0] = nil
		q.ready = q.ready[1:]
		held = append(held, k)
	}
	return held
}

// More adds items to a batch, of the keys held or of others, and waits until there are any
// or, unless it is zero, until the given time. It is not ok if the queue is closed.
func (q *Queue[T]) More(b *Batch[T], held []*KeyQueue[T], size int, until time.Time) (_ []*KeyQueue[T], ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.filling = true
	defer func() { q.filling = false }()
	late := false
	if !until.IsZero() {
		timer := time.AfterFunc(time.Until(until), func() {
			q.mu.Lock()
			late = true
			q.mu.Unlock()
			q.wake.Broadcast()
		})
		defer timer.Stop()
	}
	for n := len(b.Items); !q.closed; q.wake.Wait() {
		for _, k := range held {
			k.moveTo(b, size)
		}
		held = q.takeLocked(b, held, size)
		if len(b.Items) > n || late {
			return held, true
		}
	}
	return held, false
}

// moveTo moves items from the front of the key into the batch, and reports whether it moved
// any.
func (k *KeyQueue[T]) moveTo(b *Batch[T], size int) bool {
	n := 0
	for n < len(k.items) && b.hasRoom(size, &k.items[n]) {
		b.Add(&k.items[n])
		n++
	}
	clear(k.items[:n])
	k.items = k.items[n:]
	return n > 0
}

// Release gives keys back after an attempt, puts the items left in the batch at their
// fronts, to be tried again after the pause, and empties the batch. failed reports whether
// they are left because the sink failed. Release returns how many keys began to fail and how
// many ceased to.
func (q *Queue[T]) Release(held []*KeyQueue[T], b *Batch[T], failed bool, pause time.Duration) (begun, ended int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var again []*KeyQueue[T]
	for _, k := range held {
		left := k.putBack(b.Items)
		failing := left && failed
		switch {
		case failing && !k.failing:
			begun++
		case !failing && k.failing:
			ended++
		}
		k.failing = failing
		switch {
		case left:
			again = append(again, k)
		case len(k.items) > 0:
			q.readyLocked(k)
		default:
			delete(q.byKey, k.key)
			q.idle = append(q.idle, k)
		}
	}
	b.reset()
	q.delayLocked(again, pause)
	return begun, ended
}

// putBack puts the items that have this key at its front, and reports whether there were
// any.
func (k *KeyQueue[T]) putBack(items []Item[T]) bool {
	var back []Item[T]
	for i := range items {
		if items[i].Key == k.key {
			back = append(back, items[i])
		}
	}
	if len(back) == 0 {
		return false
	}
	k.items = append(back, k.items...)
	return true
}

// delayLocked makes keys ready after a pause, all at once, so that items that failed
// together can be tried together again.
func (q *Queue[T]) delayLocked(keys []*KeyQueue[T], pause time.Duration) {
	if len(keys) == 0 || q.closed {
		return
	}
	d := &delay[T]{keys: keys}
	if pause <= 0 {
		q.endLocked(d)
		return
	}
	q.delayed[d] = struct{}{}
	d.timer = time.AfterFunc(pause, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if _, still := q.delayed[d]; still {
			q.endLocked(d)
		}
	})
}

// endLocked makes the keys of a delay ready.
func (q *Queue[T]) endLocked(d *delay[T]) {
	delete(q.delayed, d)
	q.ready = append(q.ready, d.keys...)
	q.wake.Broadcast()
}

// RetryNow ends all pauses.
func (q *Queue[T]) RetryNow() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for d := range q.delayed {
		d.timer.Stop()
		q.endLocked(d)
	}
}

// Close makes Next and More return; items that are left stay in the queue. It returns how
// many keys were failing.
func (q *Queue[T]) Close() (failing int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for d := range q.delayed {
		d.timer.Stop()
	}
	for _, k := range q.byKey {
		if k.failing {
			failing++
		}
	}
	q.wake.Broadcast()
	return failing
}
