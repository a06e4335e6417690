package app

import (
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
)

// consumerOptions says what to consume for a sink.
func consumerOptions(c *config.Config, s *config.Sink) consumer.Options {
	q := &s.Queue
	lanes, batch := lanesOf(s)
	return consumer.Options{
		Lanes: lanes, Batch: batch, Gather: gatherOf(s),
		Budget:    consumer.Budget{Attempts: s.Retry.Attempts, Age: s.Retry.MaxAge},
		DownAfter: s.Retry.DownAfter, HoldLimit: s.Retry.HoldLimit,
		Brokers: brokersOf(&c.Broker),
		Name:    c.Broker.ConnectionName + " " + s.Name,
		Sink:    s.Name,
		Version: release(),
		Queue: consumer.Queue{
			Name: q.Name, Type: string(q.Type), Durable: q.Durable, Exclusive: q.Exclusive,
			AutoDelete: q.AutoDelete, SingleActive: q.SingleActiveConsumer, Arguments: q.Arguments,
		},
		Bindings:    []consumer.Binding{{Exchange: s.Exchange, Keys: s.Topics}},
		Declare:     declareOf(q.Declare),
		DeadQueue:   deadQueue(s),
		Prefetch:    s.Prefetch,
		Heartbeat:   c.Broker.Heartbeat,
		DialTimeout: c.Broker.DialTimeout,
		RPCTimeout:  c.Broker.RPCTimeout,
		Grace:       c.ShutdownGrace,
	}
}

// lanesOf says how many batches a sink takes at once, and how large; 0 is the
// consumer's own choice.
func lanesOf(s *config.Sink) (lanes, batch int) {
	if s.Type == config.SinkExec {
		// A run that fails must not have those before it run again.
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

// gatherOf says what a sink's batches wait for.
func gatherOf(s *config.Sink) consumer.Gather {
	switch {
	case s.Webhook != nil && s.Webhook.Batch > 1:
		return consumer.Gather{Linger: s.Webhook.BatchAge, Interval: s.Webhook.Interval, Bytes: int(s.Webhook.BatchBytes)}
	case s.Email != nil && s.Email.Batch > 1:
		return consumer.Gather{Interval: s.Email.Interval}
	}
	return consumer.Gather{}
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
