package enrich

import (
	"cmp"
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Options say how to enrich. With the zero value nothing is looked up: events get
// links and a sentence.
type Options struct {
	// Web is the kojiweb to link to. With the zero Web events link to the host
	// that their message names, with the path that Koji uses by default, and
	// get no links if it names none.
	Web koji.Web
	// Hub and Names know what messages lack; both or none are given.
	Hub   Hub
	Names Names
	// Estimates says how long things take; nil: events get no estimates.
	Estimates Estimates
	// Failures says why things failed; nil: events get no failures.
	Failures Failures
	// Location is the time zone of the times in sentences. Default: the machine's.
	Location *time.Location
	// Budget is how long an event may wait for the hub. Default: 5 s.
	Budget time.Duration
	// Timeout is how long a question may take: an answer too late for one event
	// is there for the next. Default: twice the budget.
	Timeout time.Duration
	// Wait holds events until the hub answers, in place of sending them with
	// gaps once their budget is spent.
	Wait bool
	// Remember is how many tasks, and how many builds, are remembered from
	// messages. Default: 20000, which takes about 10 MB.
	Remember int
}

const defaultRemember = 20_000

// Estimates follows events and says of each when what it is about will be done.
type Estimates interface {
	// Estimate takes in an event that is otherwise complete, and puts the estimate
	// into it. It may keep nothing of the event.
	Estimate(e *event.Event)
}

// Failures finds out why tasks failed. Its methods may be called at the same time; its
// errors are those of [Hub].
type Failures interface {
	Find(ctx context.Context, task int64) (*event.Failure, error)
}

// Enricher enriches events. It is safe for concurrent use, and one serves any
// number of sinks.
type Enricher struct {
	opts    Options
	known   known
	lookups *lookups
	// failures has its own questions: they take longer than others, which shall not
	// count as a hub that does not answer.
	failures *failures
	stats    counters
}

// New returns an enricher, which Close ends.
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

// Close gives up the questions under way and waits for their end. What is begun
// or finished after it has gaps.
func (en *Enricher) Close() {
	if en.lookups != nil {
		en.lookups.close()
	}
	if en.failures != nil {
		en.failures.lookups.close()
	}
}

// Pending says what an event waits for between Begin and Finish. The zero value
// belongs to an event that is complete.
type Pending struct {
	waits    bool
	estimate bool // it has not got its estimate
	failure  bool // it has not got its failure
	deadline time.Time
}

// Begin completes the event in place as far as it can at once, and has the hub
// asked for the rest. It does not wait. Finish must follow.
func (en *Enricher) Begin(e *event.Event) Pending { return en.begin(e, false) }

// BeginWithFailure is Begin, and has the hub asked why the event's task or build failed,
// if it did. Finish waits for that, too, but never longer than the budget.
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

// Finish waits for what the event lacks and completes it. The error is that of
// ctx, if that ended first; the event may then be finished again.
func (en *Enricher) Finish(ctx context.Context, e *event.Event, p Pending) error {
	if p.waits {
		if err := en.finish(ctx, e, p); err != nil {
			return err
		}
	}
	// Here events come in order, and each once: parsing may run ahead, and a sink that
	// failed has the event delivered again.
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
		f.fill() //nolint:contextcheck // a question outlives the event that has it
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

// conclude says how complete the event is, and presents it.
func (en *Enricher) conclude(e *event.Event) {
	e.Enrichment.Status = event.StatusComplete
	if len(e.Enrichment.Missing) > 0 {
		e.Enrichment.Status = event.StatusPartial
	}
	en.stats.event(e)
	en.present(e)
}

// present adds what people see: links and the sentence.
func (en *Enricher) present(e *event.Event) {
	en.link(e)
	e.Summary = summary(e, en.opts.Location)
}
