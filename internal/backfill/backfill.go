// Package backfill sends the messages in a part of a stream to a sink.
package backfill

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/sinkpath"
)

// Options select the sink and the part of the stream.
type Options struct {
	// Stream is the name of the stream.
	Stream string
	// From is where to begin, and Until where to end: text, a time.Time or an int64, as
	// [consumer.StreamOptions] has them. Until is exclusive; nil is the end of the stream
	// as it is at the start.
	From, Until any
	// Progress, if not nil, is told now and then how far it is.
	Progress func(Result)
}

// Result is the progress of a backfill. Not every offset is a message: brokers use some
// themselves.
type Result struct {
	From, Until uint64
	// Next is the offset to go on from.
	Next uint64
	// Done and Dead count the messages settled: accepted by the sink or not for it, and
	// kept as dead letters.
	Done, Dead uint64
}

// progressPeriod is the time between calls of Options.Progress.
const progressPeriod = time.Second

// Run sends messages of a stream to a sink, in order per task and build, each at least once.
// It retries after failures until ctx ends; the result is how far it got.
func Run(ctx context.Context, streams cliutil.Streams, c *config.Config, s *config.Sink, o Options) (r Result, err error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return r, err
	}
	if r.From, r.Until, err = find(ctx, c, s, &o); err != nil {
		return r, err
	}
	r.Next = r.From
	if r.Until <= r.From {
		return r, nil
	}
	path, err := sinkpath.Open(ctx, streams, logs, c, s)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, path.Close(context.WithoutCancel(ctx))) }()
	options, closeLetters := consumerOptions(c, s, &o, r)
	defer closeLetters()
	options.Log = logs.Logger.With().Str("sink", s.Name).Logger()
	reader, err := consumer.New(path.Handler, options)
	if err != nil {
		return r, err
	}
	return r.read(ctx, reader, o.Progress)
}

// find looks up where to begin and to end.
func find(ctx context.Context, c *config.Config, s *config.Sink, o *Options) (from, until uint64, err error) {
	conn, err := broker.NewDialer(sinkbuild.PublisherOptions(c, s.Name+" replay", cliutil.Log{}.Logger).Broker).Dial(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	defer conn.CutWhenDone(ctx)()
	if until, err = conn.StreamEnd(o.Stream); err == nil && o.Until != nil {
		var wanted uint64
		wanted, err = conn.StreamFind(o.Stream, o.Until)
		until = min(until, wanted)
	}
	if err == nil {
		from, err = conn.StreamFind(o.Stream, o.From)
	}
	return from, until, err
}

// consumerOptions are those of the sink, for another queue and nothing that the daemon
// writes.
func consumerOptions(c *config.Config, s *config.Sink, o *Options, r Result) (_ consumer.Options, closeLetters func()) {
	options := sinkbuild.ConsumerOptions(c, s)
	options.Name = c.Broker.ConnectionName + " " + s.Name + " replay"
	options.Queue = consumer.Queue{Name: o.Stream, Type: string(config.QueueStream), Durable: true}
	options.Declare, options.Bindings, options.AttemptsFile = consumer.None, nil, ""
	options.Stream = consumer.StreamOptions{From: int64(r.From), End: r.Until}
	if s.DeadLetters == config.DeadLettersFile {
		options.DeadLetters = deadletter.NewFileWriter(sinkbuild.DeadPath(c, s))
		return options, func() {}
	}
	letters := deadletter.NewQueueWriter(deadletter.WriterOptions{
		Broker: sinkbuild.PublisherOptions(c, s.Name+" replay", options.Log).Broker,
		Queue:  sinkbuild.DeadQueue(s), Type: consumer.DeadType(&consumer.Queue{Type: string(s.Queue.Type)}),
		Declare: s.Queue.Declare == config.DeclareActive, Log: options.Log,
	})
	options.DeadLetters = letters
	return options, letters.Close
}

// read reads to the end.
func (r Result) read(ctx context.Context, reader *consumer.Consumer[*pipeline.PendingEvent], progress func(Result)) (Result, error) {
	now := func() Result {
		stats := reader.Stats()
		return Result{r.From, r.Until, max(stats.Offset, r.From), stats.Done, stats.Dead}
	}
	ctx, cancel := context.WithCancel(ctx)
	var telling sync.WaitGroup
	if progress != nil {
		telling.Go(func() {
			t := time.NewTicker(progressPeriod)
			defer t.Stop()
			for {
				select {
				case <-t.C:
					progress(now())
				case <-ctx.Done():
					return
				}
			}
		})
	}
	err := reader.Run(ctx)
	cancel()
	telling.Wait()
	if err != nil {
		return now(), fmt.Errorf("read the stream: %w", err)
	}
	return now(), nil
}
