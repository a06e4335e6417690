package consumer

import (
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// startWorkers starts the router and the workers of a pipeline with keys.
func (p *pipeline[T]) startWorkers(all *sync.WaitGroup) {
	q := workqueue.New[T](p.o.workers)
	all.Go(func() {
		p.route(q)
		for range q.Close() {
			p.o.sink.Leave()
		}
	})
	all.Go(func() { p.followResets(q) })
	for range p.o.workers {
		all.Go(func() { p.worker(q) })
	}
}

// route moves items into the keyed queue, in broker order.
func (p *pipeline[T]) route(q *workqueue.Queue[T]) {
	for c := range p.order {
		p.parsedChunk(c)
		if p.soft.Err() != nil {
			return
		}
		for i := range c.items {
			if c.items[i].Err != nil {
				p.deadLetterUnparsed(&c.items[i])
			}
		}
		q.Push(c.items)
		p.recycle(c)
	}
}

// followResets ends all pauses before retries at each reset of the circuit breaker.
func (p *pipeline[T]) followResets(q *workqueue.Queue[T]) {
	for {
		select {
		case <-p.o.breaker.NextReset():
			q.RetryNow()
		case <-p.soft.Done():
			return
		}
	}
}

// worker delivers one batch after another until the pipeline stops.
func (p *pipeline[T]) worker(q *workqueue.Queue[T]) {
	var b workqueue.Batch[T]
	var held []*workqueue.KeyQueue[T]
	for {
		var ok bool
		held, ok = p.fill(q, &b, held[:0])
		if !ok || !p.tryOnce(q, &b, held) {
			return
		}
	}
}

// tryOnce makes one attempt at a batch and releases its keys. It returns false if the
// pipeline stops before that.
func (p *pipeline[T]) tryOnce(q *workqueue.Queue[T], b *workqueue.Batch[T], held []*workqueue.KeyQueue[T]) bool {
	if len(b.Items) == 0 { // the prefilter dropped all
		q.Release(held, b, false, 0)
		return true
	}
	a := b.Attempt(len(b.Items))
	if !p.o.breaker.Begin(p.soft, &a) {
		return false
	}
	reset := p.o.breaker.NextReset()
	pause, again := p.attempt(b, len(b.Items), &a)
	select {
	case <-reset:
		pause = 0 // the cause of the failure may be gone
	default:
	}
	begun, ended := q.Release(held, b, again != nil, pause)
	for range begun {
		p.o.sink.Begin(again)
	}
	for range ended {
		p.o.sink.Leave()
	}
	if again == nil {
		p.o.sink.Succeed()
	}
	return true
}

// fill fills the next batch for a worker, and returns the keys of its items. It is not ok if
// the pipeline stops.
func (p *pipeline[T]) fill(q *workqueue.Queue[T], b *workqueue.Batch[T], held []*workqueue.KeyQueue[T]) (_ []*workqueue.KeyQueue[T], ok bool) {
	if !p.o.policy.waits() {
		held = q.Next(b, held, p.o.batch)
		return held, len(held) > 0
	}
	select {
	case p.batching.filling <- struct{}{}:
	case <-p.soft.Done():
		return held, false
	}
	defer func() { <-p.batching.filling }()
	var until time.Time // zero while the batch is empty
	for {
		n := len(b.Items)
		if held, ok = q.More(b, held, p.o.batch, until); !ok {
			return held, false
		}
		p.dropUnwanted(b, n)
		now := time.Now()
		switch {
		case len(b.Items) == 0:
			q.Release(held, b, false, 0)
			held = held[:0]
			continue
		case until.IsZero():
			until = p.until(b, now)
		}
		if b.Full(p.o.batch, p.o.policy.Bytes) || !now.Before(until) {
			p.batching.last = now
			b.Sort()
			return held, true
		}
	}
}

// until returns when a batch that has its first values is delivered. One that was tried
// before does not wait again.
func (p *pipeline[T]) until(b *workqueue.Batch[T], now time.Time) time.Time {
	if a := b.Attempt(len(b.Items)); !a.Fresh {
		return now
	}
	until := now.Add(p.o.policy.Linger)
	if next := p.batching.last.Add(p.o.policy.Interval); next.After(until) {
		return next
	}
	return until
}
