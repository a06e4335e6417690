package daemon

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
)

// openTraces is nil unless the configuration says where traces go.
func openTraces(ctx context.Context, c *config.Config, log zerolog.Logger, registry prometheus.Registerer) (*tracing.Tracer, error) {
	t := &c.Tracing
	if t.Endpoint == "" {
		return nil, nil
	}
	security, err := t.TLS.Client("tls")
	if err != nil {
		return nil, c.Problem("tracing", "%v", err)
	}
	failures := &cliutil.FailureLogger{
		Log: log, Begins: "cannot send traces; they are lost until the collector accepts them, and events go on",
		Ends: "sending traces again",
	}
	counts := metrics.NewTraces(registry)
	o := tracing.Options{
		Endpoint: t.Endpoint, TLS: security, OneIn: t.OneIn, Version: cliutil.Release(),
		Exported: func(spans int, err error) {
			counts.Exported(spans, err)
			failures.Note(err)
		},
	}
	if t.Authorization.IsSet() {
		o.Authorization = t.Authorization.Reveal
	}
	return tracing.New(ctx, o)
}

// closeTraces sends the last traces, for no longer than the rest of an ending may take.
func closeTraces(ctx context.Context, t *tracing.Tracer) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastGrace)
	defer cancel()
	return t.Close(ctx)
}
