package sinkbuild

import (
	"context"
	"errors"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
)

func newAMQPSink(all *config.Config, s *config.Sink, around Deps) (*amqp.Sink, error) {
	c := s.AMQP
	key, err := amqp.ParseKey(c.RoutingKey)
	if err != nil {
		return nil, fmt.Errorf("routing_key: %w", err)
	}
	o := PublisherOptions(all, s.Name+" events", around.Logs.Logger.With().Str("sink", s.Name).Logger())
	if c.DeclareExchange {
		o.Exchange = c.PublishTo
	}
	return amqp.New(&tracedPublisher{amqpPublisher{publish.New(o)}, around.Tracer}, amqp.Options{
		Exchange: c.PublishTo, Key: key, Unroutable: c.Unroutable,
	}), nil
}

// PublisherOptions returns the options for publishing to the broker that messages come from.
func PublisherOptions(c *config.Config, name string, log zerolog.Logger) publish.Options {
	return publish.Options{
		Broker: broker.Options{
			Brokers: brokersOf(&c.Broker), Name: c.Broker.ConnectionName + " " + name, Version: cliutil.Release(),
			Heartbeat: c.Broker.Heartbeat, DialTimeout: c.Broker.DialTimeout, RPCTimeout: c.Broker.RPCTimeout,
		},
		Log: log,
	}
}

// amqpPublisher adapts a publisher to the amqp sink.
type amqpPublisher struct{ *publish.Publisher }

// Publish implements amqp.Publisher.
func (p amqpPublisher) Publish(ctx context.Context, messages []amqp.Message) []error {
	list := make([]publish.Message, len(messages))
	for i, m := range messages {
		list[i] = publish.Message{Exchange: m.Exchange, Key: m.Key, Publishing: m.Publishing}
	}
	errs := p.Publisher.Publish(ctx, list)
	for i, err := range errs {
		if errors.Is(err, publish.ErrUnroutable) {
			errs[i] = amqp.ErrUnroutable
		}
	}
	return errs
}
