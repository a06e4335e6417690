package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/metrics"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// RunOptions say what the daemon does beyond its configuration.
type RunOptions struct {
	// Count ends the daemon after that many events; 0 is for ever.
	Count int
}

// Run is the daemon: for every sink it consumes a queue, until ctx ends or a
// sink's broker refuses for good.
func Run(ctx context.Context, streams Streams, c *config.Config, opts RunOptions) (err error) {
	restore := tuneMemory()
	defer restore()
	logs, err := newLog(c.Log, streams.Err)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	registry := metrics.NewRegistry(release())
	durations := openDurations(c, logs.logger)
	defer durations.close()
	hub, err := openHub(ctx, c, durations.forEvents(), logs.logger, registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.close(ctx)) }()
	common := &shared{streams, logs, registry, hub, newCountdown(opts.Count, stop)}
	lines := make([]*line, 0, len(c.Sinks))
	for i := range c.Sinks {
		l, err := newLine(c, &c.Sinks[i], common)
		if err != nil {
			return errors.Join(err, closeLines(lines))
		}
		lines = append(lines, l)
	}
	closeAdmin, err := startAdmin(ctx, c, common, lines)
	if err != nil {
		return errors.Join(err, closeLines(lines))
	}
	defer func() { err = errors.Join(err, closeAdmin()) }()
	defer reopenOnHangup(ctx, lines)()
	logs.logger.Info().Str("version", release()).Int("sinks", len(lines)).Msg("kojiwatch starts")
	endService, err := startService(ctx, logs.logger, lines)
	if err != nil {
		return errors.Join(err, closeLines(lines))
	}
	defer endService()
	err = runLines(ctx, stop, lines, c.ShutdownGrace)
	if errors.Is(err, errHanging) {
		logs.logger.Warn().Msg("a sink does not take what it was sent; the broker will deliver it again")
		return nil
	}
	logs.logger.Info().Msg("kojiwatch ends")
	return errors.Join(err, closeLines(lines))
}

// shared is what the lines of all sinks have in common.
type shared struct {
	streams  Streams
	logs     logOutput
	registry *prometheus.Registry
	hub      *hubLink
	limit    *countdown
}

// line is what belongs to one sink: its queue's consumer and the sink.
type line struct {
	name     string
	sink     sinks.Sink
	filtered *filtered
	consumer *consumer.Consumer[*job]
	log      zerolog.Logger
}

func newLine(c *config.Config, s *config.Sink, common *shared) (*line, error) {
	registerer := metrics.ForSink(common.registry, s.Name)
	around := surroundings{streams: common.streams, logs: common.logs}
	if s.Webhook != nil || s.Email != nil {
		around.observe = metrics.NewRequests(registerer).Observe
	}
	sink, err := newSink(c, s, around)
	if err != nil {
		return nil, err
	}
	events := metrics.NewEvents(registerer)
	filtered, err := newFiltered(c, s, common.limit.count(&measuredSink{sink, events}))
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	h := newHandler(newParser(c, s), common.hub.enricher, filtered)
	opts := consumerOptions(c, s)
	opts.Log = common.logs.logger.With().Str("sink", s.Name).Logger()
	l := &line{name: s.Name, sink: sink, filtered: filtered, log: opts.Log}
	if s.DeadLetters == config.DeadLettersFile {
		opts.DeadLetters = recording.OpenDeadFile(deadPath(c, s))
	}
	if l.consumer, err = consumer.New(&measuredHandler{h, events}, opts); err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	registerer.MustRegister(metrics.Consumer(l.consumer.Stats), metrics.Filter(filtered.turned, filtered.filter.Failed))
	return l, nil
}

// newParser is a sink's own parser.
func newParser(c *config.Config, s *config.Sink) *parse.Parser {
	return parse.New(parse.Options{
		Instance: c.Instance, Raw: s.Raw, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})
}

// runLines runs every line and waits for all of them. The first that fails for
// good stops the others.
func runLines(ctx context.Context, stop context.CancelFunc, lines []*line, grace time.Duration) error {
	errs := make([]error, len(lines))
	var wg sync.WaitGroup
	for i, l := range lines {
		wg.Go(func() {
			defer stop()
			errs[i] = l.run(ctx)
		})
	}
	ended := make(chan struct{})
	go func() {
		wg.Wait()
		close(ended)
	}()
	<-ctx.Done()
	// Each line ends by itself in its grace time, unless its sink hangs in a
	// call that nothing can break off, like a write to a pipe that nobody reads.
	timer := time.NewTimer(grace + lastGrace)
	defer timer.Stop()
	select {
	case <-ended:
		return errors.Join(errs...)
	case <-timer.C:
		return errHanging
	}
}

// lastGrace is how much longer than what is in hand the rest of an ending may
// take.
const lastGrace = 5 * time.Second

// errHanging is that a sink has not let go of what it was sent. The end of the
// process gives that back to the broker.
var errHanging = errors.New("a sink does not end")

// run runs the line and says in the end what it did.
func (l *line) run(ctx context.Context) error {
	err := l.consumer.Run(ctx)
	stats := l.consumer.Stats()
	l.log.Info().
		Uint64("deliveries", stats.Deliveries).Uint64("done", stats.Done).Uint64("dead", stats.Dead).
		Uint64("filtered", l.filtered.total()).
		Uint64("again", stats.Again).Uint64("stale", stats.Stale).Uint64("sessions", stats.Epoch).
		Msg("sink ends")
	if err != nil {
		return fmt.Errorf("sink %s: %w", l.name, err)
	}
	return nil
}

func closeLines(lines []*line) error {
	var errs []error
	for _, l := range lines {
		errs = append(errs, l.sink.Close())
	}
	return errors.Join(errs...)
}
