// Package sinkpath opens one sink for a command, with the parser, enricher and filter through
// which the daemon passes each message.
package sinkpath

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// Path is a sink with its parser, enricher and filter.
type Path struct {
	*pipeline.Handler
	hub  *hub.Hub
	sink sinks.Sink
}

// Open opens a sink and the hub that completes its events.
func Open(ctx context.Context, streams cliutil.Streams, logs cliutil.Log, c *config.Config, s *config.Sink) (*Path, error) {
	hub, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return nil, err
	}
	sink, err := sinkbuild.New(c, s, sinkbuild.Deps{Streams: streams, Logs: logs})
	if err != nil {
		return nil, errors.Join(err, hub.Close(ctx))
	}
	filtered, err := pipeline.NewFiltered(c, s, sink)
	if err != nil {
		return nil, errors.Join(err, sink.Close(), hub.Close(ctx))
	}
	return &Path{pipeline.New(pipeline.NewParser(c, s), hub.Enricher, filtered), hub, sink}, nil
}

// Close closes the sink and the hub.
func (p *Path) Close(ctx context.Context) error {
	return errors.Join(p.sink.Close(), p.hub.Close(ctx))
}
