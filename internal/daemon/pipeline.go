package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// sinkPipeline holds what belongs to one sink: its queue's consumer and the slot. It lives
// as long as the sink is in the configuration.
type sinkPipeline struct {
	name    string
	slot    *sinkSlot
	handler *pipeline.MeasuredHandler
	metrics *sinkMetrics
	log     zerolog.Logger
	meter   status.Meter // of settled messages
	repairs *repairs     // nil: there are none

	mu               sync.Mutex
	newestGeneration *generation // the newest, which the slot may not have yet
	consumer         *consumer.Consumer[*pipeline.PendingEvent]
	stop             context.CancelFunc // ends the current consumer
	next             *replacement
	late             bool  // not as it was at the start of the daemon
	refused          error // by the broker, for good
}

// replacement takes the place of a pipeline's consumer when that has ended.
type replacement struct {
	generation *generation
	consumer   *consumer.Consumer[*pipeline.PendingEvent]
	taken      chan struct{} // closed when it has taken its place
}

// newSinkPipeline makes a pipeline that does not run yet, and registers its metrics.
func newSinkPipeline(c *config.Config, s *config.Sink, common *shared) (*sinkPipeline, error) {
	p := &sinkPipeline{
		name: s.Name, metrics: newSinkMetrics(common.registry, s.Name),
		log: common.logs.Logger.With().Str("sink", s.Name).Logger(),
	}
	first, err := newGeneration(c, s, common, p.metrics, nil)
	if err != nil {
		p.metrics.registerer.Close()
		return nil, err
	}
	p.slot, p.newestGeneration = newSinkSlot(first), first
	repairs, sink, err := newRepairs(c, s, common, p, p.slot)
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.repairs = repairs
	p.handler = &pipeline.MeasuredHandler{Handler: pipeline.New(p.slot, common.hub.Enricher, sink), Events: p.metrics.events}
	p.handler.Traces = pipeline.Traces{Tracer: common.tracer, Sink: s.Name}
	p.handler.Observe, p.handler.Await = common.observers.observe, common.estimates.Await
	if p.consumer, err = p.newConsumer(c, s); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.metrics.registerer.MustRegister(metrics.Consumer(p.stats), metrics.Filter(
		func() map[string]uint64 { return p.slot.generation().filtered.Turned() },
		func() uint64 { return p.slot.generation().filtered.Failed() },
	))
	return p, nil
}

func (p *sinkPipeline) newConsumer(c *config.Config, s *config.Sink) (*consumer.Consumer[*pipeline.PendingEvent], error) {
	opts := sinkbuild.ConsumerOptions(c, s)
	opts.Log = p.log
	if s.DeadLetters == config.DeadLettersFile {
		opts.DeadLetters = deadletter.NewFileWriter(sinkbuild.DeadPath(c, s))
	}
	made, err := consumer.New(p.handler, opts)
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	return made, nil
}

// stats returns what the current consumer has done. Blocked is also why the broker
// takes no events, if the sink publishes them.
func (p *sinkPipeline) stats() consumer.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.consumer.Stats()
	if b, ok := p.slot.generation().sink.(interface{ Blocked() string }); ok {
		s.Blocked = cmp.Or(s.Blocked, b.Blocked())
	}
	return s
}

// run consumes until ctx ends, one consumer after the other if there are
// successors, and lets go of the sink. The broker's refusal is an error if the
// pipeline is as it was at the start of the daemon; a later one is logged, and another
// successor waited for.
func (p *sinkPipeline) run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, p.close()) }()
	defer p.repairs.start(ctx)()
	for {
		current, cancel := context.WithCancel(ctx)
		err := p.consume(current, cancel)
		if err != nil && p.isLate() {
			p.refuse(err)
			<-current.Done()
			err = nil
		}
		cancel()
		if err != nil || ctx.Err() != nil {
			return err
		}
		p.replace()
	}
}

// consume runs the current consumer, which cancel ends, and says in the end
// what it did.
func (p *sinkPipeline) consume(ctx context.Context, cancel context.CancelFunc) error {
	p.mu.Lock()
	p.stop = cancel
	if p.next != nil {
		cancel() // it came between two consumers
	}
	current := p.consumer
	p.mu.Unlock()
	before := p.slot.generation().filtered.Total()
	err := current.Run(ctx)
	stats := current.Stats()
	// The filter turns an event away before its message is acknowledged, or not, if the
	// connection ends in between.
	filtered := p.slot.generation().filtered.Total() - before
	done := stats.Done - min(filtered, stats.Done)
	p.log.Info().
		Uint64("deliveries", stats.Deliveries).Uint64("done", done).Uint64("dead", stats.Dead).
		Uint64("filtered", filtered).
		Uint64("again", stats.Again).Uint64("stale", stats.Stale).Uint64("sessions", stats.Epoch).
		Msg("sink ends")
	if err != nil {
		return fmt.Errorf("sink %s: %w", p.name, err)
	}
	return nil
}

// newest is the generation that the pipeline has or will have, and whether it needs another
// consumer in any case: one is about to come, or was refused.
func (p *sinkPipeline) newest() (made *generation, anew bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newestGeneration, p.next != nil || p.refused != nil
}

// restart has the consumer finish what is in hand and puts another one, with
// another generation, in its place. The channel is closed when that is done.
func (p *sinkPipeline) restart(s *generation, c *consumer.Consumer[*pipeline.PendingEvent]) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next != nil { // whose time has not come: it has sent nothing
		if err := p.next.generation.close(s); err != nil {
			p.log.Warn().Err(err).Msg("cannot close a sink")
		}
	}
	p.newestGeneration, p.next = s, &replacement{s, c, make(chan struct{})}
	if p.stop != nil {
		p.stop()
	}
	return p.next.taken
}

// swap gives what follows another generation, while the consumer goes on.
func (p *sinkPipeline) swap(ctx context.Context, grace time.Duration, s *generation) error {
	if err := p.slot.swap(ctx, grace, s); err != nil {
		return fmt.Errorf("sink %s: %w", p.name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.newestGeneration = s
	p.consumer.RetryNow() // what failed may work now
	return nil
}

// replace puts the successor in its place.
func (p *sinkPipeline) replace() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		return
	}
	if err := p.slot.replace(p.next.generation); err != nil {
		p.log.Warn().Err(err).Msg("cannot close a sink")
	}
	p.consumer, p.refused, p.late = p.next.consumer, nil, true
	close(p.next.taken)
	p.next = nil
}

func (p *sinkPipeline) isLate() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.late
}

// refuse notes that the broker refuses the pipeline.
func (p *sinkPipeline) refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = err
	p.log.Error().Err(err).Msg("the broker refuses the new configuration; correct it and reload")
}

// ready says why the pipeline cannot work.
func (p *sinkPipeline) ready() error {
	p.mu.Lock()
	refused := p.refused
	p.mu.Unlock()
	stats := p.stats()
	switch {
	case refused != nil:
		return refused
	case !stats.Connected && !stats.Standby:
		return fmt.Errorf("sink %s: no session with the broker", p.name)
	case stats.Blocked != "":
		return fmt.Errorf("sink %s: the broker takes no messages: %s", p.name, stats.Blocked)
	}
	if err := p.repairs.silent(); err != nil {
		return fmt.Errorf("sink %s: %w", p.name, err)
	}
	return nil
}

// close lets go of the sink and of one that would have followed, and takes the
// metrics away.
func (p *sinkPipeline) close() error {
	p.metrics.registerer.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.slot.Close()
	if p.next != nil {
		err = errors.Join(err, p.next.generation.close(p.slot.generation()))
	}
	return errors.Join(err, p.repairs.close())
}
