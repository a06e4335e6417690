package daemon

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/admin"
)

// adminGrace bounds how long requests to the admin listener may take to end.
const adminGrace = time.Second

// startAdmin starts the admin listener, if there is to be one, and returns what
// ends it.
func startAdmin(ctx context.Context, c *config.Config, d *daemon) (closeAdmin func() error, err error) {
	if c.Admin.Listen == "" {
		return func() error { return nil }, nil
	}
	server, err := admin.Start(ctx, admin.Options{
		Listen:   c.Admin.Listen,
		Hosts:    c.Admin.Hosts,
		Metrics:  d.common.registry,
		Ready:    d.ready,
		Status:   d.status,
		Reload:   d.reloads.request,
		Estimate: d.common.estimates.Lookup,
		Profiles: c.Admin.PProf,

		Campaigns: d.common.campaigns,
	})
	if err != nil {
		return nil, c.Problem("admin.listen", "%v", err)
	}
	d.common.logs.Logger.Info().Str("address", server.Addr()).Msg("admin listener")
	return func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminGrace)
		defer cancel()
		return server.Close(ctx)
	}, nil
}
