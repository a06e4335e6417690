package consumer

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// deliver hands over a batch of everything in broker order, as often as it takes,
// and leaves it empty. It is false if the pipeline was stopped before that.
func (p *pipeline[T]) deliver(b *workqueue.Batch[T]) bool {
	failing, worked := false, true
	for len(b.Items) > 0 && p.soft.Err() == nil {
		n := b.Together()
		a := b.Attempt(n)
		if !p.o.breaker.Begin(p.soft, &a) {
			break
		}
		reset := p.o.breaker.NextReset()
		pause, again := p.attempt(b, n, &a)
		if worked = again == nil; worked {
			continue
		}
		if !failing {
			failing = true
			p.o.sink.Begin(again)
		}
		if len(b.Items) > 0 {
			clock.SleepUnless(p.soft, pause, reset)
		}
	}
	if failing {
		p.o.sink.Leave()
	}
	if len(b.Items) > 0 {
		return false
	}
	if worked {
		p.o.sink.Succeed()
	}
	return true
}

// attempt delivers the first n values once and settles what that decided. What is
// left in the batch is to be tried again after the pause; the error says why, if
// the sink has failed.
func (p *pipeline[T]) attempt(b *workqueue.Batch[T], n int, a *breaker.Attempt) (pause time.Duration, again error) {
	answers := answersOf(p.o.call(p.hard, b.Values[:n]), n)
	shared := p.o.breaker.End(a, answers.failure())
	again = p.settle(b, answers, shared)
	p.o.counters.failed(again, hint.Of(again))
	if again == nil || len(b.Items) == 0 || p.o.breaker.IsOpen() { // which says when to try
		return 0, again
	}
	return p.o.backoff.After(b.Items[0].Failures(again)), again
}

// call is Deliver, in which a panic is an error: a mistake of the program, which is
// no fault of the values, so they are tried again.
func (o *pipelineOptions[T]) call(ctx context.Context, values []T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked("deliver", r)
		}
	}()
	return o.handler.Deliver(ctx, values)
}

// settle gives verdicts on what was delivered of a batch and takes from it what has
// one. The error is that of the first for which the sink has not worked.
//
// Values that failed together, none of them named, are tried in halves until the
// one that they failed for stands alone.
func (p *pipeline[T]) settle(b *workqueue.Batch[T], answers answers, shared bool) (again error) {
	kept := b.Items[:0]
	for i, it := range b.Items[:answers.n] {
		err, alone := answers.at(i)
		if !alone && isAboutValues(err) {
			again = cmp.Or(again, p.failedTogether(&it, err, answers.half()))
			kept = append(kept, it)
			continue
		}
		failed := err
		if err != nil {
			err = p.spend(&it, err, shared)
		}
		reason, dead := delivery.Reason(err)
		switch {
		case err == nil:
			b.Settled = append(b.Settled, it.Delivery)
			p.o.forget(&it)
		case dead && !p.cutShort(err):
			p.observe(it.Value, reason, err)
			p.dead.add(newDeadLetter(&it, reason, err))
			p.o.forget(&it)
			if _, refused := delivery.Reason(failed); !refused {
				again = cmp.Or(again, err) // the sink has not worked
			}
		default:
			again = cmp.Or(again, err)
			kept = append(kept, it)
			p.o.counters.retries.Add(1)
		}
	}
	b.Keep(append(kept, b.Items[answers.n:]...))
	p.settleDone(b)
	return again
}

// isAboutValues reports whether an error is about what was delivered, not about the
// sink as a whole or the end of the work.
func isAboutValues(err error) bool {
	return err != nil && !delivery.IsOutage(err) && !errors.Is(err, context.Canceled)
}

// failedTogether notes a failure together with others, of which half are tried
// together next, in this session or another. It is returned if it may pass; a
// refusal shows that the sink works.
func (p *pipeline[T]) failedTogether(it *workqueue.Item[T], err error, half int) (again error) {
	it.Note(attempts.NotBlamed)
	it.Tries.Together = half
	p.o.memory.Remember(it.Delivery, it.Tries)
	if _, refused := delivery.Reason(err); refused {
		return nil
	}
	p.o.counters.retries.Add(1)
	return err
}

// observe tells a handler that wants to know. What goes wrong there changes nothing.
func (p *pipeline[T]) observe(v T, reason string, err error) {
	if o, ok := p.o.handler.(DeadLetterObserver[T]); ok {
		defer func() { _ = recover() }()
		o.ObserveDeadLetter(v, reason, err)
	}
}

// settleDone gives a verdict on those that are done.
func (p *pipeline[T]) settleDone(b *workqueue.Batch[T]) {
	p.o.stream.settle(b.Settled...)
	p.o.counters.done.Add(uint64(p.settler.Done(b.Settled...)))
	clear(b.Settled)
	b.Settled = b.Settled[:0]
}

// spend notes a failed attempt, and makes its error permanent if it was the last
// one to be had.
func (p *pipeline[T]) spend(it *workqueue.Item[T], err error, shared bool) error {
	blame := blamed(err, shared)
	it.Note(blame)
	if _, dead := delivery.Reason(err); dead {
		return err
	}
	if spent := p.o.limit.spent(it.Tries, err); spent != nil {
		return spent
	}
	if it.LastDelivery {
		return Dead(ReasonDeliveryLimit, err)
	}
	if blame != attempts.NotBlamed {
		p.o.memory.Remember(it.Delivery, it.Tries)
		p.o.saveAttempts(false)
	}
	return err
}

// forget drops what is remembered of a value that has a verdict.
func (o *pipelineOptions[T]) forget(it *workqueue.Item[T]) {
	if it.Tries != nil && o.memory.Any() {
		o.memory.Settled(it.Delivery)
	}
}

// saveAttempts saves the failed attempts at deliveries, so that they count after a restart.
func (o *pipelineOptions[T]) saveAttempts(must bool) { o.memoryFailure.Note(o.memory.Save(must)) }

// cutShort reports whether an error comes from the end of the work, whatever else it
// claims to be.
func (p *pipeline[T]) cutShort(err error) bool {
	return p.hard.Err() != nil && errors.Is(err, context.Canceled)
}
