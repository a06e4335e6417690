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

// deliver retries a batch until it is empty. It returns false if the pipeline stops before
// that.
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

// attempt delivers the first n values once and settles those that succeeded or were refused.
// What is left in the batch is to be retried after the pause; again is the reason if the
// sink failed.
func (p *pipeline[T]) attempt(b *workqueue.Batch[T], n int, a *breaker.Attempt) (pause time.Duration, again error) {
	answers := answersOf(p.o.call(p.hard, b.Values[:n]), n)
	shared := p.o.breaker.End(a, answers.failure())
	again = p.settle(b, answers, shared)
	p.o.counters.failed(again, hint.Of(again))
	if again == nil || len(b.Items) == 0 || p.o.breaker.IsOpen() { // an open breaker makes the pause
		return 0, again
	}
	return p.o.backoff.After(b.Items[0].Failures(again)), again
}

// call calls Deliver and turns a panic into an error. A panic is a bug rather than a fault of
// the values, so they are retried.
func (o *pipelineOptions[T]) call(ctx context.Context, values []T) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked("deliver", r)
		}
	}()
	return o.handler.Deliver(ctx, values)
}

// settle removes the values from a batch that were accepted or refused, and settles them. It
// returns the error of the first value for which the sink failed.
//
// If values failed together and the error names none of them, half of them are tried next,
// until the value that causes the failure is tried alone.
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
				again = cmp.Or(again, err) // the sink failed
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

// isAboutValues reports whether an error may be caused by the values, rather than by the sink
// as a whole or the end of the session.
func isAboutValues(err error) bool {
	return err != nil && !delivery.IsOutage(err) && !errors.Is(err, context.Canceled)
}

// failedTogether records that a value failed together with others, and how many of them are
// tried together next, in this session or a later one. It returns err unless it is a refusal,
// which shows that the sink works.
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

// observe calls the handler if it is a [DeadLetterObserver], and ignores a panic of it.
func (p *pipeline[T]) observe(v T, reason string, err error) {
	if o, ok := p.o.handler.(DeadLetterObserver[T]); ok {
		defer func() { _ = recover() }()
		o.ObserveDeadLetter(v, reason, err)
	}
}

// settleDone settles the deliveries that are done.
func (p *pipeline[T]) settleDone(b *workqueue.Batch[T]) {
	p.o.stream.settle(b.Settled...)
	p.o.counters.done.Add(uint64(p.settler.Done(b.Settled...)))
	clear(b.Settled)
	b.Settled = b.Settled[:0]
}

// spend records a failed attempt, and makes its error permanent if it was the last attempt
// that is allowed.
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

// forget removes the failed attempts of a settled value from the memory.
func (o *pipelineOptions[T]) forget(it *workqueue.Item[T]) {
	if it.Tries != nil && o.memory.Any() {
		o.memory.Settled(it.Delivery)
	}
}

// saveAttempts saves the failed attempts at deliveries, so that they count after a restart.
func (o *pipelineOptions[T]) saveAttempts(must bool) { o.memoryFailure.Note(o.memory.Save(must)) }

// cutShort reports whether an error is due to the end of the session, even if it is marked as
// permanent.
func (p *pipeline[T]) cutShort(err error) bool {
	return p.hard.Err() != nil && errors.Is(err, context.Canceled)
}
