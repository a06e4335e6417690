package sinkbuild

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// ConsumerOptions returns the options of a sink's consumer.
func ConsumerOptions(c *config.Config, s *config.Sink) consumer.Options {
	q := &s.Queue
	workers, batch := workersOf(s)
	return consumer.Options{
		Workers: workers, Keyed: !writesInOrder(s), Batch: batch, BatchPolicy: batchPolicyOf(s),
		RetryLimit:   consumer.RetryLimit{Attempts: s.Retry.Attempts, Age: s.Retry.MaxAge},
		AttemptsFile: attemptsFile(c, s),
		DownAfter:    s.Retry.DownAfter, HoldLimit: s.Retry.HoldLimit,
		Brokers: brokersOf(&c.Broker),
		Name:    c.Broker.ConnectionName + " " + s.Name,
		Sink:    s.Name,
		Version: cliutil.Release(),
		Queue: consumer.Queue{
			Name: q.Name, Type: string(q.Type), Durable: q.Durable, Exclusive: q.Exclusive,
			AutoDelete: q.AutoDelete, SingleActive: q.SingleActiveConsumer,
			Priority: q.ConsumerPriority, Arguments: q.Arguments,
		},
		Stream:   streamOf(c, s),
		Bindings: bindingsOf(s),
		Declare:  declareOf(q.Declare),

		NoticeNewQueue: c.Reconcile.Enabled(),
		DeadQueue:      DeadQueue(s),
		Prefetch:       s.Prefetch,
		Heartbeat:      c.Broker.Heartbeat,
		DialTimeout:    c.Broker.DialTimeout,
		RPCTimeout:     c.Broker.RPCTimeout,
		Grace:          c.ShutdownGrace,
	}
}

// StateOptions returns the options of the consumer that reads the stream of the state. It is
// bound to what any sink gets, and to all that is from Koji besides. Current returns the
// configuration in effect, whose broker is dialled.
func StateOptions(c *config.Config, current func() *config.Config) consumer.Options {
	return consumer.Options{
		Batch: stateBatch, Prefetch: 4 * stateBatch,
		Brokers: func(ctx context.Context) ([]broker.Address, error) { return brokersOf(&current().Broker)(ctx) },
		Name:    c.Broker.ConnectionName + " state",
		Version: cliutil.Release(),
		Queue: consumer.Queue{
			Name: c.State.Stream, Type: string(config.QueueStream), Durable: true, Arguments: map[string]any{
				"x-max-age":                       strconv.Itoa(int(c.State.MaxAge.Seconds())) + "s",
				"x-stream-max-segment-size-bytes": stateSegment,
			},
		},
		Bindings: stateBindings(c), Declare: declareOf(c.State.Declare),
		Heartbeat: c.Broker.Heartbeat, DialTimeout: c.Broker.DialTimeout, RPCTimeout: c.Broker.RPCTimeout,
		Grace: c.ShutdownGrace,
	}
}

const (
	stateBatch = 128
	// stateSegment is the size of the files of the stream of the state. The broker drops
	// messages by whole files; with its own default of 500 MB a quiet hub's would never go.
	stateSegment = 50_000_000
)

// stateBindings returns the bindings of the stream of the state, one for each exchange.
func stateBindings(c *config.Config) []consumer.Binding {
	var bindings []consumer.Binding
	for i := range c.Sinks {
		s := &c.Sinks[i]
		at := slices.IndexFunc(bindings, func(b consumer.Binding) bool { return b.Exchange == s.Exchange })
		if at < 0 {
			at = len(bindings)
			bindings = append(bindings, consumer.Binding{Exchange: s.Exchange, Keys: config.NewSink("", config.SinkLog).Topics})
		}
		for _, key := range s.Topics {
			if !slices.Contains(bindings[at].Keys, key) {
				bindings[at].Keys = append(bindings[at].Keys, key)
			}
		}
	}
	return bindings
}

// bindingsOf returns the bindings to make for a sink. Without topics there are none for a queue
// that kojiwatch does not declare: whoever created it has bound it, and kojiwatch may lack the
// permission.
func bindingsOf(s *config.Sink) []consumer.Binding {
	if len(s.Topics) == 0 && s.Queue.Declare != config.DeclareActive {
		return nil
	}
	return []consumer.Binding{{Exchange: s.Exchange, Keys: s.Topics}}
}

// writesInOrder reports whether a sink writes a single stream, in the order of the broker. A failed
// write blocks all events, since its cause affects all: a full disk, or a pipe without a reader.
func writesInOrder(s *config.Sink) bool {
	return s.Type == config.SinkStdout || s.Type == config.SinkLog || s.Type == config.SinkFile
}

// attemptsFile returns the path of the file that records a sink's failed attempts.
func attemptsFile(c *config.Config, s *config.Sink) string {
	if c.StateDir == "" {
		return ""
	}
	return filepath.Join(c.StateDir, s.Name+".attempts.json")
}

// streamOf says how the queue of a sink is read if it is a stream. The position is one in
// this sink's queue; the sink's name has nothing in it but letters, digits and dashes.
func streamOf(c *config.Config, s *config.Sink) consumer.StreamOptions {
	if s.Queue.Type != config.QueueStream {
		return consumer.StreamOptions{}
	}
	from, _ := values.ParseStreamOffset(s.Queue.Offset) // config has checked it
	return consumer.StreamOptions{From: from, PositionFile: filepath.Join(c.StateDir, "streams", s.Name+".json")}
}

// workersOf returns how many batches a sink handles at once and their size; 0 means the
// consumer's default.
func workersOf(s *config.Sink) (workers, batch int) {
	if s.Type == config.SinkExec {
		// After a failed run, the programs for earlier events must not run again.
		return s.Exec.Concurrency, 1
	}
	if s.Webhook != nil {
		return s.Webhook.InFlight, s.Webhook.Batch
	}
	if s.Email != nil {
		return 1, s.Email.Batch
	}
	return 0, 0
}

// batchPolicyOf returns what a sink's batches wait for.
func batchPolicyOf(s *config.Sink) consumer.BatchPolicy {
	switch {
	case s.Webhook != nil && s.Webhook.Batch > 1:
		return consumer.BatchPolicy{Linger: s.Webhook.BatchAge, Interval: s.Webhook.Interval, Bytes: int(s.Webhook.BatchBytes)}
	case s.Email != nil && s.Email.Batch > 1:
		return consumer.BatchPolicy{Interval: s.Email.Interval}
	}
	return consumer.BatchPolicy{}
}

func declareOf(d config.Declare) consumer.Declare {
	switch d {
	case config.DeclarePassive:
		return consumer.Passive
	case config.DeclareNone:
		return consumer.None
	}
	return consumer.Active
}
