package daemon

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// reloadPlan holds the steps of a reload. All of it is made before any of it is done, so that
// a mistake changes nothing.
type reloadPlan struct {
	supervisor *supervisor
	common     *shared
	config     *config.Config

	pipelines []*runningPipeline // of the supervisor to be, nil where one is to be launched
	added     map[int]*sinkPipeline
	removed   []*runningPipeline
	swaps     []swap
	changes   changes
}

// swap is a message to a pipeline.
type swap struct {
	pipeline   *runningPipeline
	generation *generation
	// consumer is another one; nil: that of the pipeline goes on.
	consumer *consumer.Consumer[*pipeline.PendingEvent]
}

// fixed are the sections that only the start of the daemon puts into effect.
func fixed(key string) bool {
	section, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"hub", "cache", "estimates", "state", "reconcile", "campaigns", "sentinel", "admin", "board", "log", "state_dir", "tracing"}, section)
}

// keep takes over from the configuration in effect what cannot be changed.
func (p *reloadPlan) keep(current *config.Config) {
	for _, key := range p.config.Changes(current) {
		if fixed(key) {
			p.changes.waiting = append(p.changes.waiting, key)
		}
	}
	c := p.config
	c.Hub, c.Cache, c.Estimates, c.StateDir = current.Hub, current.Cache, current.Estimates, current.StateDir
	c.State, c.Reconcile, c.Campaigns, c.Sentinel = current.State, current.Reconcile, current.Campaigns, current.Sentinel
	c.Admin, c.Board, c.Log, c.Tracing = current.Admin, current.Board, current.Log, current.Tracing
}

// make makes all that is needed. The error names what cannot be made.
func (p *reloadPlan) make() error {
	p.added = map[int]*sinkPipeline{}
	p.removed = p.supervisor.list()
	var errs []error
	for i := range p.config.Sinks {
		s := &p.config.Sinks[i]
		at := slices.IndexFunc(p.removed, func(m *runningPipeline) bool { return m.name == s.Name })
		if at < 0 {
			errs = append(errs, p.add(i, s))
			continue
		}
		m := p.removed[at]
		p.removed = slices.Delete(p.removed, at, at+1)
		p.pipelines = append(p.pipelines, m)
		errs = append(errs, p.alter(m, s))
	}
	for _, m := range p.removed {
		p.changes.removed = append(p.changes.removed, m.name)
	}
	return errors.Join(errs...)
}

func (p *reloadPlan) add(place int, s *config.Sink) error {
	p.pipelines = append(p.pipelines, nil)
	if p.supervisor.stopping(s.Name) {
		return fmt.Errorf("sink %s: the one of that name that there was %w", s.Name, errHanging)
	}
	l, err := newSinkPipeline(p.config, s, p.common)
	if err != nil {
		return err
	}
	l.late = true
	p.added[place] = l
	p.changes.added = append(p.changes.added, s.Name)
	return nil
}

// alter decides what becomes of a pipeline whose sink stays.
func (p *reloadPlan) alter(m *runningPipeline, s *config.Sink) error {
	made, pending := m.newest()
	all := p.config.Changes(made.all)
	keys := s.Changes(made.config)
	anew := pending || p.anotherConsumer(made, s)
	switch {
	case !anew && len(keys) == 0 && !slices.ContainsFunc(all, inGeneration) && digest(filesOf(s)) == made.files &&
		(s.Type != config.SinkAMQP || !brokerChanged(p.config, made.all)):
		p.changes.unchanged++
		return nil
	case anew && (made.config.Queue.Exclusive || made.config.Queue.AutoDelete):
		// To let go of such a queue is to lose what comes until the next one.
		p.changes.waiting = append(p.changes.waiting, "sinks."+s.Name)
		return nil
	}
	next := swap{pipeline: m}
	var err error
	if next.generation, err = newGeneration(p.config, s, p.common, m.metrics, made); err != nil {
		return err
	}
	p.swaps = append(p.swaps, next)
	p.changes.changed = append(p.changes.changed, s.Name)
	if anew {
		p.swaps[len(p.swaps)-1].consumer, err = m.newConsumer(p.config, s)
	}
	return err
}

// inGeneration reports whether a key outside of sinks goes into every generation.
func inGeneration(key string) bool {
	section, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"instance", "limits", "users"}, section)
}

// anotherConsumer reports whether a pipeline needs another consumer.
func (p *reloadPlan) anotherConsumer(made *generation, s *config.Sink) bool {
	return !reflect.DeepEqual(consumed(p.config, s), consumed(made.all, made.config)) || brokerChanged(p.config, made.all)
}

// consumed returns the settings of a consumer, apart from the broker.
func consumed(c *config.Config, s *config.Sink) any {
	opts := sinkbuild.ConsumerOptions(c, s)
	opts.Brokers = nil
	return struct {
		consumer.Options
		config.DeadLetters
	}{opts, s.DeadLetters}
}

// brokerChanged reports whether the broker is another one, or reached in another way.
func brokerChanged(a, b *config.Config) bool {
	return slices.ContainsFunc(a.Changes(b), func(key string) bool { return strings.HasPrefix(key, "broker.") })
}

// discard closes what was made for nothing.
func (p *reloadPlan) discard() error {
	var errs []error
	for _, l := range p.added {
		errs = append(errs, l.close())
	}
	for _, s := range p.swaps {
		made, _ := s.pipeline.newest()
		errs = append(errs, s.generation.close(made))
	}
	return errors.Join(errs...)
}

// apply does what was planned. What goes away ends first, for what comes may
// consume its queue. The error names sinks that hang.
func (p *reloadPlan) apply(ctx context.Context) error {
	grace := p.config.ShutdownGrace
	err := p.supervisor.stop(ctx, p.removed, grace+lastGrace)
	errs := make([]error, len(p.swaps))
	var all sync.WaitGroup
	for i, s := range p.swaps {
		all.Go(func() { errs[i] = s.do(ctx, grace) })
	}
	all.Wait()
	for place, l := range p.added {
		p.pipelines[place] = p.supervisor.start(ctx, l, func() {})
	}
	p.supervisor.set(p.pipelines)
	return errors.Join(append(errs, err)...)
}
