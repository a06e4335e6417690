package deadletters

import (
	"context"
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/sinkpath"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// directSender sends messages through a sink's pipeline, bypassing its queue.
type directSender struct {
	*sinkpath.Path
}

// openDirect opens a sink, and the hub for enriching its events.
func openDirect(ctx context.Context, streams cliutil.Streams, c *config.Config, s *config.Sink) (deadletter.Sender, error) {
	if s.Type == config.SinkFile {
		return nil, fmt.Errorf("sink %s: no other process may write to its file; append the output of \"kojiwatch replay %s\" to it yourself", s.Name, sinkbuild.DeadPath(c, s))
	}
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	path, err := sinkpath.Open(ctx, streams, logs, c, s)
	if err != nil {
		return nil, err
	}
	return &directSender{path}, nil
}

// Send implements deadletter.Sender. It returns a [*deadletter.StaysError] for a problem with
// this message alone.
func (s *directSender) Send(ctx context.Context, d *consumer.Delivery) error {
	j, err := s.Parse(d) //nolint:contextcheck // calls to the hub may outlive a message
	if err != nil {
		return &deadletter.StaysError{Err: err}
	}
	err = s.Deliver(ctx, []*pipeline.PendingEvent{j})
	if each, ok := errors.AsType[*consumer.BatchError](err); ok {
		err = each.At(0)
	}
	if sinks.IsRefusal(err) {
		return &deadletter.StaysError{Err: err}
	}
	return err
}
