package daemon

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/parse"
)

// stateReader reads the stream that every replica makes its state of, whether sinks of this
// replica work or stand by. A nil one reads none.
type stateReader struct {
	name     string
	parser   *parse.Parser
	common   *shared
	consumer *consumer.Consumer[*stateEvent]
}

// stateEvent is an event of the stream.
type stateEvent struct {
	event.Record
	pending  enrich.Pending
	offset   uint64
	readable bool
	done     bool
}

// newStateReader returns nil if there is no stream to read. Current returns the configuration
// in effect.
func newStateReader(c *config.Config, common *shared, current func() *config.Config) (*stateReader, error) {
	if c.State.Stream == "" {
		return nil, nil //nolint:nilnil // the nil reader reads nothing
	}
	r := &stateReader{name: c.State.Stream, common: common, parser: parse.New(parse.Options{
		Instance: c.Instance, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})}
	opts := sinkbuild.StateOptions(c, current)
	opts.Log = common.logs.Logger.With().Str("state", r.name).Logger()
	opts.DeadLetters = r
	read, again := common.estimates.StreamOffsets()
	opts.Stream = consumer.StreamOptions{From: "first", Read: read, Again: again, Renewed: common.estimates.StreamRenewed}
	var err error
	if r.consumer, err = consumer.New(r, opts); err != nil {
		return nil, fmt.Errorf("state.stream %s: %w", r.name, err)
	}
	common.registry.MustRegister(metrics.State(r.stats))
	return r, nil
}

// Parse implements consumer.Handler. What cannot be read is left to the sinks, which have
// dead letters.
func (r *stateReader) Parse(d *consumer.Delivery) (*stateEvent, error) {
	j := new(stateEvent)
	j.offset, _ = broker.StreamOffset(d.Headers)
	if err := r.parser.ParseInto(&j.Record, pipeline.ParseDelivery(d)); err != nil {
		return j, nil //nolint:nilerr // see above
	}
	j.readable, j.pending = true, r.common.hub.Enricher.Begin(&j.Event).WithoutEstimate()
	return j, nil
}

// Key implements consumer.Handler. It is not asked for.
func (*stateReader) Key(*stateEvent) uint64 { return 0 }

// Deliver implements consumer.Handler: it makes state of events.
func (r *stateReader) Deliver(ctx context.Context, batch []*stateEvent) error {
	for _, j := range batch {
		if !j.readable || j.done {
			continue
		}
		if err := r.common.hub.Enricher.Finish(ctx, &j.Event, j.pending); err != nil {
			return err
		}
		j.done = true
		news := r.common.estimates.Learn(&j.Event, j.offset)
		r.common.observers.observeStream(&j.Event, news)
		r.common.estimates.Noted(&j.Event)
	}
	return nil
}

// Put implements consumer.DeadLetters: only a mistake of the program brings one.
func (*stateReader) Put(context.Context, consumer.DeadLetter) error { return nil }

// start reads until the returned function is called. Failed is called, and the error returned
// in the end, if the broker refuses the stream.
func (r *stateReader) start(ctx context.Context, failed func()) (end func() error) {
	if r == nil {
		return func() error { return nil }
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var ended sync.WaitGroup
	var err error
	ended.Go(func() {
		if err = r.consumer.Run(ctx); err != nil {
			err = fmt.Errorf("state.stream: %w", err)
			failed()
		}
	})
	return func() error {
		cancel()
		ended.Wait()
		return err
	}
}

// ready says why the stream cannot be read.
func (r *stateReader) ready() error {
	if r == nil || r.consumer.Stats().Connected {
		return nil
	}
	return errors.New("state.stream: no session with the broker")
}

// stats tells how far the stream was read.
func (r *stateReader) stats() metrics.StateStats {
	at, read := r.common.estimates.StreamStats(), r.consumer.Stats()
	return metrics.StateStats{Connected: read.Connected, Offset: at.Offset, Lag: at.Lag, Unseen: at.Unseen, Missed: read.Missed}
}

// status is nil where no stream is read.
func (r *stateReader) status() *status.SharedState {
	if r == nil {
		return nil
	}
	at, read := r.stats(), r.consumer.Stats()
	s := &status.SharedState{
		Stream: r.name, Connected: at.Connected, Offset: at.Offset, LagSeconds: at.Lag.Seconds(), Missed: at.Missed,
		LastDeliveryAt: seconds(read.LastDelivery),
	}
	if e := read.LastError; !e.At.IsZero() {
		s.LastError = &status.Error{Text: e.Text, Remedy: e.Remedy, At: seconds(e.At)}
	}
	return s
}
