// Package daemon consumes the queues of all sinks, reloads the configuration and tells
// operators how it is doing.
package daemon

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
)

// Options say what the daemon does beyond its configuration.
type Options struct {
	// Count ends the daemon after that many events; 0 is for ever.
	Count int
	// File is the configuration file, which a reload reads again; ""
	// is from nowhere, and there is nothing to reload.
	File string
	// Hangups ask for a reload, and for files to be opened anew; nil: there are none.
	Hangups <-chan os.Signal
	// Watch reloads whenever the file has changed.
	Watch bool
}

// Run is the daemon: for every sink it consumes a queue, until ctx ends or a
// sink's broker refuses for good.
func Run(ctx context.Context, streams cliutil.Streams, c *config.Config, opts Options) (err error) {
	restore := tuneMemory()
	defer restore()
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	registry := metrics.NewRegistry(cliutil.Release())
	estimates := estimation.Open(c, logs.Logger)
	defer estimates.Close()
	hub, err := hub.Open(ctx, c, estimates.ForEvents(), logs.Logger, registry)
	if err != nil {
		return err
	}
	estimates.Measure(registry)
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	defer estimates.Stop() // they ask the hub
	tracer, err := openTraces(ctx, c, logs.Logger, registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeTraces(ctx, tracer)) }()
	common := &shared{
		streams: streams, logs: logs, registry: registry, hub: hub, limit: pipeline.NewEventLimit(opts.Count, stop), tracer: tracer,
		estimates: estimates, board: newBoard(c, hub.Web, estimates), campaigns: openCampaigns(c, estimates, logs.Logger),
		alerts: newAlerts(c, estimates, logs.Logger),
	}
	common.observe(newBuildSystem(c, estimates))
	pipelines, err := newPipelines(c, common)
	if err != nil {
		return err
	}
	d := &daemon{common: common, supervisor: &supervisor{}, started: time.Now()}
	d.reloads = newReloads(c, opts, d)
	if d.state, err = newStateReader(c, common, d.reloads.config); err != nil {
		return errors.Join(err, closePipelines(pipelines))
	}
	closeAdmin, err := startAdmin(ctx, c, d)
	if err != nil {
		return errors.Join(err, closePipelines(pipelines))
	}
	defer func() { err = errors.Join(err, closeAdmin()) }()
	closeBoard, err := startBoard(ctx, c, d)
	if err != nil {
		return errors.Join(err, closePipelines(pipelines))
	}
	defer func() { err = errors.Join(err, closeBoard()) }()
	if d.service, err = newService(d); err != nil {
		return errors.Join(err, closePipelines(pipelines))
	}
	estimates.Start(ctx, c, hub)
	return d.run(ctx, stop, pipelines)
}

// shared holds what the pipelines of all sinks have in common.
type shared struct {
	streams  cliutil.Streams
	logs     cliutil.Log
	registry *prometheus.Registry
	hub      *hub.Hub
	limit    *pipeline.EventLimit
	tracer   *tracing.Tracer // nil: nothing is traced

	estimates *estimation.Service // nil: there are none
	board     *board.Board        // nil: there is none
	campaigns *campaigns          // nil: there can be none
	alerts    *alerts             // nil: none are configured
	observers observers
}

// daemon is a running daemon.
type daemon struct {
	common     *shared
	supervisor *supervisor
	reloads    *reloads
	service    *service
	state      *stateReader // nil: no stream is read for the state
	started    time.Time
}

// run runs the pipelines, and what changes and tells of them, until ctx ends, which
// stop brings about. The first pipeline that fails for good does so, too.
func (d *daemon) run(ctx context.Context, stop context.CancelFunc, pipelines []*sinkPipeline) error {
	log := &d.common.logs.Logger
	log.Info().Str("version", cliutil.Release()).Int("sinks", len(pipelines)).Msg("kojiwatch starts")
	endState := d.state.start(ctx, stop)
	running := make([]*runningPipeline, 0, len(pipelines))
	for _, p := range pipelines {
		running = append(running, d.supervisor.start(ctx, p, stop))
	}
	d.supervisor.set(running)
	defer d.common.campaigns.start(ctx)()
	defer newAnnouncer(d.reloads.config(), d).start(ctx)()
	defer d.service.start(ctx)()
	defer d.measureRates(ctx)()
	d.reloads.run(ctx)
	err := d.supervisor.wait(d.reloads.config().ShutdownGrace)
	if stateErr := endState(); stateErr != nil {
		return errors.Join(err, stateErr)
	}
	if errors.Is(err, errHanging) {
		log.Warn().Msg("a sink has not accepted its last events in time; the broker will redeliver them")
		return nil
	}
	log.Info().Msg("kojiwatch ends")
	return err
}

// ready says what cannot work, and why.
func (d *daemon) ready() error { return errors.Join(d.supervisor.ready(), d.state.ready()) }

func newPipelines(c *config.Config, common *shared) ([]*sinkPipeline, error) {
	pipelines := make([]*sinkPipeline, 0, len(c.Sinks))
	for i := range c.Sinks {
		p, err := newSinkPipeline(c, &c.Sinks[i], common)
		if err != nil {
			return nil, errors.Join(err, closePipelines(pipelines))
		}
		pipelines = append(pipelines, p)
	}
	return pipelines, nil
}

// closePipelines closes pipelines that have not run.
func closePipelines(pipelines []*sinkPipeline) error {
	var errs []error
	for _, p := range pipelines {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}
