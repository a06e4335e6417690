package enrich

import (
	"cmp"
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Options configure an [Enricher]. With the zero value it looks nothing up, and only adds
// links and the sentence.
type Options struct {
	// Web is the kojiweb to link to. If it is zero, events link to the host in their message,
	// with Koji's default path, and get no links if the message has none.
	Web koji.Web
	// Hub and Names look up facts that messages lack. Both or neither must be set.
	Hub   Hub
	Names Names
	// Estimates, if not nil, adds estimates to events.
	Estimates Estimates
	// Failures, if not nil, finds the causes of failures.
	Failures Failures
	// Location is the time zone of times in sentences. Default: the local time zone.
	Location *time.Location
	// Budget is how long an event may wait for the hub. Default: 5 s.
	Budget time.Duration
	// Timeout is how long a call may take: an answer too late for one event is available to
	// the next. Default: twice the budget.
	Timeout time.Duration
	// Wait holds events until the hub answers, instead of sending them with gaps after their
	// budget.
	Wait bool
	// Remember is how many tasks and how many builds are remembered from messages. Default:
	// 20000, which takes about 10 MB.
	Remember int
}

const defaultRemember = 20_000

// Estimates estimates when the task or build of an event will be done.
type Estimates interface {
	// Estimate records an event that is otherwise complete, and sets its estimate. It must
	// not retain the event.
	Estimate(e *event.Event)
}

// Failures finds out why tasks failed. Its methods may be called concurrently, and return the
// errors of [Hub].
type Failures interface {
	Find(ctx context.Context, task int64) (*event.Failure, error)
}

// Enricher enriches events. It is safe for concurrent use and can serve any number of sinks.
type Enricher struct {
	opts    Options
	known   known
	lookups *lookups
	// failures makes its own calls. They take longer than others, which must not count as a
	// failure of the hub.
	failures *failures
	stats    counters
}

// New returns an enricher. The caller must close it.
func New(o Options) *Enricher {
	o.Budget = cmp.Or(max(o.Budget, 0), 5*time.Second)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 2*o.Budget)
	o.Remember = cmp.Or(max(o.Remember, 0), defaultRemember)
	o.Location = cmp.Or(o.Location, time.Local)
	en := &Enricher{opts: o}
	if o.Hub != nil {
		en.known = newKnown(o.Remember)
		en.lookups = newLookups(o.Timeout, en.answer)
	}
	if o.Hub != nil && o.Failures != nil {
		en.failures = newFailures(o.Failures, o.Timeout)
	}
	return en
}

// Close cancels the calls in progress and waits for their end. Events that are begun or
// finished after it have gaps.
func (en *Enricher) Close() {
	if en.lookups != nil {
		en.lookups.close()
	}
	if en.failures != nil {
		en.failures.lookups.close()
	}
}

// Pending records what an event waits for between Begin and Finish. The zero value means that
// the event is complete.
type Pending struct {
	waits    bool
	estimate bool // the estimate is missing
	failure  bool // the failure is missing
	deadline time.Time
}

// WithoutEstimate returns what the event waits for, but for the estimate, which the caller
// sees to.
func (p Pending) WithoutEstimate() Pending {
	p.estimate = false
	return p
}

// Begin fills in the known facts of an event and starts calls to the hub for the others. It
// does not block. Finish must be called next.
func (en *Enricher) Begin(e *event.Event) Pending { return en.begin(e, false) }

// BeginWithFailure is Begin, and also starts to find out why the event's task or build failed,
// if it did. Finish waits for the cause too, but never longer than the budget.
func (en *Enricher) BeginWithFailure(e *event.Event) Pending {
	return en.begin(e, en.failures != nil && e.New == "FAILED")
}

func (en *Enricher) begin(e *event.Event, failure bool) Pending {
	if en.opts.Hub == nil {
		e.Enrichment.Status = event.StatusNone // there is no hub to ask
		en.present(e)
		return Pending{estimate: en.opts.Estimates != nil}
	}
	en.known.note(e)
	en.learn(e)
	f := filling{en: en, e: e, first: true}
	f.fill()
	if failure {
		en.failures.ask(failedTask(e))
	} else if f.settled() {
		en.conclude(e)
		return Pending{estimate: en.opts.Estimates != nil}
	}
	return Pending{waits: true, estimate: en.opts.Estimates != nil, failure: failure, deadline: time.Now().Add(en.opts.Budget)}
}

// Finish waits for the missing facts and completes the event. If ctx ends first, it returns
// the error of ctx, and may be called again.
func (en *Enricher) Finish(ctx context.Context, e *event.Event, p Pending) error {
	if p.waits {
		if err := en.finish(ctx, e, p); err != nil {
			return err
		}
	}
	// Estimates are made here because Finish sees events in order and only once. Begin may
	// run ahead, and be repeated for an event that is delivered again after a failure.
	if p.estimate {
		if en.opts.Estimates.Estimate(e); e.Estimate != nil {
			e.Summary = summary(e, en.opts.Location)
		}
	}
	return nil
}

// finish waits for the hub.
func (en *Enricher) finish(ctx context.Context, e *event.Event, p Pending) error {
	deadline := p.deadline
	if en.opts.Wait {
		deadline = time.Time{}
	}
	for {
		f := filling{en: en, e: e}
		f.fill() //nolint:contextcheck // calls may outlive the event
		if f.settled() {
			break
		}
		if en.lookups.wait(ctx, f.questions, deadline) && !f.pause(ctx) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !en.opts.Wait {
			break
		}
	}
	if p.failure {
		if err := en.failures.fill(ctx, e, p.deadline); err != nil {
			return err
		}
	}
	en.conclude(e)
	return nil
}

// conclude sets the status of the enrichment, and adds links and the sentence.
func (en *Enricher) conclude(e *event.Event) {
	e.Enrichment.Status = event.StatusComplete
	if len(e.Enrichment.Missing) > 0 {
		e.Enrichment.Status = event.StatusPartial
	}
	en.stats.event(e)
	en.present(e)
}

// present adds links and the sentence.
func (en *Enricher) present(e *event.Event) {
	en.link(e)
	e.Summary = summary(e, en.opts.Location)
}
