package consumer

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// deliver hands over a batch of everything in broker order, as often as it takes,
// and leaves it empty. It is false if the pipeline was stopped before that.
func (p *pipeline[T]) deliver(b *batch[T]) bool {
	failing, worked := false, true
	for len(b.items) > 0 && p.soft.Err() == nil {
		n := b.together()
		a := b.attempt(n)
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
			p.o.sink.begin(again)
		}
		if len(b.items) > 0 {
			clock.SleepUnless(p.soft, pause, reset)
		}
	}
	if failing {
		p.o.sink.leave()
	}
	if len(b.items) > 0 {
		return false
	}
	if worked {
		p.o.sink.works()
	}
	return true
}

// attempt delivers the first n values once and settles what that decided. What is
// left in the batch is to be tried again after the pause; the error says why, if
// the sink has failed.
func (p *pipeline[T]) attempt(b *batch[T], n int, a *breaker.Attempt) (pause time.Duration, again error) {
	answers := answersOf(p.o.call(p.hard, b.values[:n]), n)
	shared := p.o.breaker.End(a, answers.failure())
	again = p.settle(b, answers, shared)
	p.o.counters.failed(again, hint.Of(again))
	if again == nil || len(b.items) == 0 || p.o.breaker.IsOpen() { // which says when to try
		return 0, again
	}
	return p.o.backoff.After(b.items[0].failures(again)), again
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
func (p *pipeline[T]) settle(b *batch[T], answers answers, shared bool) (again error) {
	kept := b.items[:0]
	for i, it := range b.items[:answers.n] {
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
			b.settled = append(b.settled, it.d)
			p.o.forget(&it)
		case dead && !p.cutShort(err):
			p.observe(it.v, reason, err)
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
	b.shrink(append(kept, b.items[answers.n:]...))
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
func (p *pipeline[T]) failedTogether(it *item[T], err error, half int) (again error) {
	it.note(attempts.NotBlamed)
	it.tries.Together = half
	p.o.memory.Remember(it.d, it.tries)
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
func (p *pipeline[T]) settleDone(b *batch[T]) {
	p.o.stream.settle(b.settled...)
	p.o.counters.done.Add(uint64(p.settler.Done(b.settled...)))
	clear(b.settled)
	b.settled = b.settled[:0]
}

// spend notes a failed attempt, and makes its error permanent if it was the last
// one to be had.
func (p *pipeline[T]) spend(it *item[T], err error, shared bool) error {
	blame := blamed(err, shared)
	it.note(blame)
	if _, dead := delivery.Reason(err); dead {
		return err
	}
	if spent := p.o.limit.spent(it.tries, err); spent != nil {
		return spent
	}
	if it.lastDelivery {
		return Dead(ReasonDeliveryLimit, err)
	}
	if blame != attempts.NotBlamed {
		p.o.memory.Remember(it.d, it.tries)
		p.o.saveAttempts(false)
	}
	return err
}

// forget drops what is remembered of a value that has a verdict.
func (o *pipelineOptions[T]) forget(it *item[T]) {
	if it.tries != nil && o.memory.Any() {
		o.memory.Settled(it.d)
	}
}

// saveAttempts writes down what was spent on deliveries; without that they are
// tried for longer after a restart.
func (o *pipelineOptions[T]) saveAttempts(must bool) {
	if err := o.memory.Save(must); err != nil {
		o.memoryFailure.begin(err)
		o.memoryFailure.leave()
		return
	}
	o.memoryFailure.works()
}

// cutShort reports whether an error comes from the end of the work, whatever else it
// claims to be.
func (p *pipeline[T]) cutShort(err error) bool {
	return p.hard.Err() != nil && errors.Is(err, context.Canceled)
}
