package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/admin"
	"github.com/kojiwatch/kojiwatch/config"
)

// adminGrace is how long requests to the admin listener may take to end.
const adminGrace = time.Second

// startAdmin starts the admin listener, if there is to be one, and returns what
// ends it.
func startAdmin(ctx context.Context, c *config.Config, common *shared, lines []*line) (closeAdmin func() error, err error) {
	if c.Admin.Listen == "" {
		return func() error { return nil }, nil
	}
	server, err := admin.Start(ctx, admin.Options{
		Listen:   c.Admin.Listen,
		Metrics:  common.registry,
		Ready:    func() error { return ready(lines) },
		Profiles: c.Admin.PProf,
	})
	if err != nil {
		return nil, c.Problem("admin.listen", "%v", err)
	}
	common.logs.logger.Info().Str("address", server.Addr()).Msg("admin listener")
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminGrace)
		defer cancel()
		return server.Close(ctx)
	}, nil
}

// ready says which sinks cannot work, and why.
func ready(lines []*line) error {
	var errs []error
	for _, l := range lines {
		if !l.consumer.Stats().Connected {
			errs = append(errs, fmt.Errorf("sink %s: no session with the broker", l.name))
		}
	}
	return errors.Join(errs...)
}
