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
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// line is what belongs to one sink: its queue's consumer and the outlet. It lives
// as long as the sink is in the configuration.
type line struct {
	name    string
	outlet  *outlet
	handler *pipeline.MeasuredHandler
	meters  *meters
	log     zerolog.Logger

	mu       sync.Mutex
	made     *stage // the newest, which the outlet may not have yet
	consumer *consumer.Consumer[*pipeline.Job]
	stop     context.CancelFunc // ends the consumer of the moment
	next     *successor
	late     bool  // not as it was at the start of the daemon
	refused  error // by the broker, for good
}

// successor is what takes the place of a line's consumer when that has ended.
type successor struct {
	stage    *stage
	consumer *consumer.Consumer[*pipeline.Job]
	taken    chan struct{} // closed when it has taken its place
}

// newLine makes a line that does not run yet, and registers its metrics.
func newLine(c *config.Config, s *config.Sink, common *shared) (*line, error) {
	l := &line{
		name: s.Name, meters: newMeters(common.registry, s.Name),
		log: common.logs.Logger.With().Str("sink", s.Name).Logger(),
	}
	first, err := newStage(c, s, common, l.meters, nil)
	if err != nil {
		l.meters.registerer.Close()
		return nil, err
	}
	l.outlet, l.made = newOutlet(first), first
	l.handler = &pipeline.MeasuredHandler{Handler: pipeline.New(l.outlet, common.hub.Enricher, l.outlet), Events: l.meters.events}
	l.handler.Traces = pipeline.Traces{Tracer: common.tracer, Sink: s.Name}
	if l.consumer, err = l.newConsumer(c, s); err != nil {
		return nil, errors.Join(err, l.close())
	}
	l.meters.registerer.MustRegister(metrics.Consumer(l.stats), metrics.Filter(
		func() map[string]uint64 { return l.outlet.stage().filtered.Turned() },
		func() uint64 { return l.outlet.stage().filtered.Failed() },
	))
	return l, nil
}

func (l *line) newConsumer(c *config.Config, s *config.Sink) (*consumer.Consumer[*pipeline.Job], error) {
	opts := sinkbuild.ConsumerOptions(c, s)
	opts.Log = l.log
	if s.DeadLetters == config.DeadLettersFile {
		opts.DeadLetters = recording.OpenDeadFile(sinkbuild.DeadPath(c, s))
	}
	made, err := consumer.New(l.handler, opts)
	if err != nil {
		return nil, fmt.Errorf("sink %s: %w", s.Name, err)
	}
	return made, nil
}

// stats is what the consumer of the moment has done. Blocked is also why the broker
// takes no events, if the sink publishes them.
func (l *line) stats() consumer.Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.consumer.Stats()
	if b, ok := l.outlet.stage().sink.(interface{ Blocked() string }); ok {
		s.Blocked = cmp.Or(s.Blocked, b.Blocked())
	}
	return s
}

// run consumes until ctx ends, one consumer after the other if there are
// successors, and lets go of the sink. The broker's refusal is an error if the
// line is as it was at the start of the daemon; a later one is logged, and another
// successor waited for.
func (l *line) run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, l.close()) }()
	for {
		turn, cancel := context.WithCancel(ctx)
		err := l.consume(turn, cancel)
		if err != nil && l.isLate() {
			l.refuse(err)
			<-turn.Done()
			err = nil
		}
		cancel()
		if err != nil || ctx.Err() != nil {
			return err
		}
		l.succeed()
	}
}

// consume runs the consumer of the moment, which cancel ends, and says in the end
// what it did.
func (l *line) consume(ctx context.Context, cancel context.CancelFunc) error {
	l.mu.Lock()
	l.stop = cancel
	if l.next != nil {
		cancel() // it came between two turns
	}
	current := l.consumer
	l.mu.Unlock()
	err := current.Run(ctx)
	stats := current.Stats()
	l.log.Info().
		Uint64("deliveries", stats.Deliveries).Uint64("done", stats.Done).Uint64("dead", stats.Dead).
		Uint64("filtered", l.outlet.stage().filtered.Total()).
		Uint64("again", stats.Again).Uint64("stale", stats.Stale).Uint64("sessions", stats.Epoch).
		Msg("sink ends")
	if err != nil {
		return fmt.Errorf("sink %s: %w", l.name, err)
	}
	return nil
}

// newest is the stage that the line has or will have, and whether it needs another
// consumer in any case: one is about to come, or was refused.
func (l *line) newest() (made *stage, anew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.made, l.next != nil || l.refused != nil
}

// restart has the consumer finish what is in hand and puts another one, with
// another stage, in its place. The channel is closed when that is done.
func (l *line) restart(s *stage, c *consumer.Consumer[*pipeline.Job]) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil { // whose time has not come: it has sent nothing
		if err := l.next.stage.close(s); err != nil {
			l.log.Warn().Err(err).Msg("a sink does not close")
		}
	}
	l.made, l.next = s, &successor{s, c, make(chan struct{})}
	if l.stop != nil {
		l.stop()
	}
	return l.next.taken
}

// swap gives what follows another stage, while the consumer goes on.
func (l *line) swap(ctx context.Context, grace time.Duration, s *stage) error {
	if err := l.outlet.swap(ctx, grace, s); err != nil {
		return fmt.Errorf("sink %s: %w", l.name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made = s
	l.consumer.RetryNow() // what failed may work now
	return nil
}

// succeed puts the successor in its place.
func (l *line) succeed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		return
	}
	if err := l.outlet.replace(l.next.stage); err != nil {
		l.log.Warn().Err(err).Msg("a sink does not close")
	}
	l.consumer, l.refused, l.late = l.next.consumer, nil, true
	close(l.next.taken)
	l.next = nil
}

func (l *line) isLate() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
}

// refuse notes that the broker refuses the line.
func (l *line) refuse(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = err
	l.log.Error().Err(err).Msg("the broker refuses the new configuration; correct it and reload")
}

// ready says why the line cannot work.
func (l *line) ready() error {
	l.mu.Lock()
	refused := l.refused
	l.mu.Unlock()
	stats := l.stats()
	switch {
	case refused != nil:
		return refused
	case !stats.Connected:
		return fmt.Errorf("sink %s: no session with the broker", l.name)
	case stats.Blocked != "":
		return fmt.Errorf("sink %s: the broker takes no messages: %s", l.name, stats.Blocked)
	}
	return nil
}

// close lets go of the sink and of one that would have followed, and takes the
// metrics away.
func (l *line) close() error {
	l.meters.registerer.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.outlet.Close()
	if l.next != nil {
		err = errors.Join(err, l.next.stage.close(l.outlet.stage()))
	}
	return err
}
