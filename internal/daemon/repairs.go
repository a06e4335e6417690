package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/reconcile"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// repairs keep what a sink was told, and have it told the rest. A nil one does neither.
type repairs struct {
	memory    *facts.Memory
	publisher *publish.Publisher
	service   *reconcile.Service
}

// newRepairs returns the repairs of a pipeline and its sink, which remembers what it gets.
// Without repairs that is the sink itself.
func newRepairs(c *config.Config, s *config.Sink, common *shared, p *sinkPipeline, sink sinks.Sink) (*repairs, sinks.Sink, error) {
	o := &c.Reconcile
	if !o.Enabled() || common.hub.Client == nil {
		return nil, sink, nil
	}
	memory, err := facts.Open(c.StateDir, s.Name, o.MaxAge, time.Now())
	if err != nil {
		return nil, nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	unwritten := &cliutil.FailureLogger{
		Log: p.log, Begins: "cannot write what the sink was told; after a restart it may be told again",
		Ends: "writing what the sink was told again",
	}
	remembering := pipeline.NewRemembering(sink, memory, locked(unwritten.Note))
	unrepaired := &cliutil.FailureLogger{
		Log: p.log, Begins: "cannot repair what messages did not tell; trying again",
		Ends: "repairing what messages did not tell again",
	}
	publisher := publish.New(sinkbuild.PublisherOptions(c, s.Name+" repairs", p.log))
	service := reconcile.NewService(reconcile.Options{
		Repair: reconcile.Repair{
			API: common.hub.API, Publisher: publisher, Pause: o.Pause,
		},
		Memory: memory, Bound: p.route, Stats: p.stats, Log: p.log, Failed: unrepaired.Note,
		OnStart: o.OnStart, Every: o.Every, MaxAge: o.MaxAge, Delay: o.Delay, Silence: o.Silence,
		Observer: metrics.NewRepairs(p.metrics.registerer, remembering.Repeats, reconcile.Causes()...),
	})
	return &repairs{memory, publisher, service}, remembering, nil
}

// route returns how the pipeline's queue is bound. A reload may change that.
func (p *sinkPipeline) route() reconcile.Route {
	made, _ := p.newest()
	return reconcile.Route{Queue: made.config.Queue.Name, Exchange: made.config.Exchange, Topics: made.config.Topics}
}

// locked lets several goroutines call a function.
func locked(note func(error)) func(error) {
	var mu sync.Mutex
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		note(err)
	}
}

// start repairs until the returned function is called.
func (r *repairs) start(ctx context.Context) (end func()) {
	if r == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var ended sync.WaitGroup
	ended.Go(func() {
		defer r.publisher.Close()
		r.service.Run(ctx)
	})
	return func() {
		cancel()
		ended.Wait()
	}
}

// silent returns an error while no messages come although the hub is busy.
func (r *repairs) silent() error {
	if r == nil {
		return nil
	}
	if s := r.service.Silent(); s != nil {
		return errors.New(s.String())
	}
	return nil
}

// close lets go of the memory.
func (r *repairs) close() error {
	if r == nil {
		return nil
	}
	return r.memory.Close()
}
