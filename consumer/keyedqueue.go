package consumer

import (
	"slices"
	"sync"
	"time"
)

// keyedQueue keeps values with the same key in order: of each key one worker at a
// time has something in hand. Any worker takes any key, so a value waits for no
// other but those with its own key. A value that fails goes back to the front of
// its key, which waits for its next attempt in no worker's hand.
type keyedQueue[T any] struct {
	mu      sync.Mutex
	wake    sync.Cond
	byKey   map[uint64]*keyQueue[T]
	ready   []*keyQueue[T] // not in hand, with items
	delayed map[*delay[T]]struct{}
	idle    []*keyQueue[T] // for use again
	filling bool           // a worker that has keys in hand waits for more
	inOrder bool           // there is one worker: keep to the order of the broker
	closed  bool
}

// keyQueue is in byKey from its first item on until it is empty and in no worker's
// hand; it is ready only while no worker has it and it is not delayed.
type keyQueue[T any] struct {
	key     uint64
	items   []item[T]
	failing bool // the first item has failed
}

// delay is a pause of some keys.
type delay[T any] struct {
	keys  []*keyQueue[T]
	timer *time.Timer
}

func newKeyedQueue[T any](workers int) *keyedQueue[T] {
	q := &keyedQueue[T]{inOrder: workers == 1, byKey: map[uint64]*keyQueue[T]{}, delayed: map[*delay[T]]struct{}{}}
	q.wake.L = &q.mu
	return q
}

// push adds items to the ends of their keys; those that cannot be parsed have none.
func (q *keyedQueue[T]) push(items []item[T]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range items {
		if items[i].err == nil {
			q.pushLocked(&items[i])
		}
	}
}

func (q *keyedQueue[T]) pushLocked(it *item[T]) {
	k := q.byKey[it.key]
	if k == nil {
		k = q.newLocked(it.key)
		k.items = append(k.items, *it)
		q.readyLocked(k)
	} else {
		k.items = append(k.items, *it)
	}
	if q.filling {
		q.wake.Signal()
	}
}

func (q *keyedQueue[T]) newLocked(key uint64) *keyQueue[T] {
	var k *keyQueue[T]
	if last := len(q.idle) - 1; last >= 0 {
		k, q.idle = q.idle[last], q.idle[:last]
	} else {
		k = &keyQueue[T]{}
	}
	k.key = key
	q.byKey[key] = k
	return k
}

// readyLocked has a key wait for a worker. Where there is one worker, everything is
// delivered in broker order as long as nothing fails: a key goes before those whose
// first items came later, but not before one that is failing, which waits its turn.
func (q *keyedQueue[T]) readyLocked(k *keyQueue[T]) {
	at := len(q.ready)
	for q.inOrder && at > 0 && q.ready[at-1].isBehind(k) {
		at--
	}
	q.ready = slices.Insert(q.ready, at, k)
	q.wake.Signal()
}

func (k *keyQueue[T]) isBehind(other *keyQueue[T]) bool {
	return !k.failing && k.items[0].d.DeliveryTag > other.items[0].d.DeliveryTag
}

// next waits for work and fills the batch up to size from one key or more, which
// are in hand until released. It returns none when there will be no more.
func (q *keyedQueue[T]) next(b *batch[T], held []*keyQueue[T], size int) []*keyQueue[T] {
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

// takeLocked fills the batch from keys that are ready.
func (q *keyedQueue[T]) takeLocked(b *batch[T], held []*keyQueue[T], size int) []*keyQueue[T] {
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

// more waits until there is more for a batch, of the keys it is of already or of
// others, or for a batch that has something until a time. It is not ok if there
// will be no more.
func (q *keyedQueue[T]) more(b *batch[T], held []*keyQueue[T], size int, until time.Time) (_ []*keyQueue[T], ok bool) {
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
	for n := len(b.items); !q.closed; q.wake.Wait() {
		for _, k := range held {
			k.moveTo(b, size)
		}
		held = q.takeLocked(b, held, size)
		if len(b.items) > n || late {
			return held, true
		}
	}
	return held, false
}

// moveTo fills the batch from the front of the queue, and reports whether it could
// take anything.
func (k *keyQueue[T]) moveTo(b *batch[T], size int) bool {
	n := 0
	for n < len(k.items) && b.room(size, &k.items[n]) {
		b.add(&k.items[n])
		n++
	}
	clear(k.items[:n])
	k.items = k.items[n:]
	return n > 0
}

// release gives keys back after an attempt, with what is left of the batch at
// their front, to be tried again after a pause. Failed is whether that is left
// because the sink has failed. It returns how many keys began to fail and how many
// no longer do.
func (q *keyedQueue[T]) release(held []*keyQueue[T], b *batch[T], failed bool, pause time.Duration) (begun, ended int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var again []*keyQueue[T]
	for _, k := range held {
		left := k.putBack(b.items)
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

// putBack puts those of the items that have this key at its front, and reports
// whether there were any.
func (k *keyQueue[T]) putBack(items []item[T]) bool {
	var back []item[T]
	for i := range items {
		if items[i].key == k.key {
			back = append(back, items[i])
		}
	}
	if len(back) == 0 {
		return false
	}
	k.items = append(back, k.items...)
	return true
}

// delayLocked makes keys ready after a pause, all at once: what failed together
// may travel together again.
func (q *keyedQueue[T]) delayLocked(keys []*keyQueue[T], pause time.Duration) {
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

// endLocked ends a pause.
func (q *keyedQueue[T]) endLocked(d *delay[T]) {
	delete(q.delayed, d)
	q.ready = append(q.ready, d.keys...)
	q.wake.Broadcast()
}

// retryNow ends all pauses.
func (q *keyedQueue[T]) retryNow() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for d := range q.delayed {
		d.timer.Stop()
		q.endLocked(d)
	}
}

// close ends the waiting; what is left stays where it is. It returns how many keys
// were failing.
func (q *keyedQueue[T]) close() (failing int) {
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
