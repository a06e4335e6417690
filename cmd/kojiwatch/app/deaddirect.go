package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// directLine is the line of a sink without its queue.
type directLine struct {
	handler *handler
	hub     *hubLink
	sink    io.Closer
}

// openDirectLine builds the line that a message takes behind its queue.
func openDirectLine(ctx context.Context, streams Streams, c *config.Config, s *config.Sink) (straight, error) {
	if s.Type == config.SinkFile {
		return nil, fmt.Errorf("sink %s: no other process may write to its file; add what \"kojiwatch replay %s\" prints yourself", s.Name, deadPath(c, s))
	}
	logs, err := newLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	hub, err := openCommandHub(ctx, streams, c, nil)
	if err != nil {
		return nil, err
	}
	sink, err := newSink(c, s, surroundings{streams: streams, logs: logs})
	if err != nil {
		return nil, errors.Join(err, hub.close(ctx))
	}
	filtered, err := newFiltered(c, s, sink)
	if err != nil {
		return nil, errors.Join(err, sink.Close(), hub.close(ctx))
	}
	return &directLine{newHandler(newParser(c, s), hub.enricher, filtered), hub, sink}, nil
}

// Send implements straight. A [*staysError] is about this message alone.
func (l *directLine) Send(ctx context.Context, d *consumer.Delivery) error {
	j, err := l.handler.Parse(d) //nolint:contextcheck // questions to the hub outlive a message
	if err != nil {
		return &staysError{err}
	}
	err = l.handler.Deliver(ctx, []*job{j})
	if each, ok := errors.AsType[*consumer.BatchError](err); ok {
		err = each.At(0)
	}
	if sinks.IsRefusal(err) {
		return &staysError{err}
	}
	return err
}

// Close implements straight.
func (l *directLine) Close(ctx context.Context) error {
	return errors.Join(l.sink.Close(), l.hub.close(ctx))
}
