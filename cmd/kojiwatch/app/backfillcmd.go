package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
)

// BackfillOptions say what to learn from a hub's past.
type BackfillOptions struct {
	Config string // the daemon's configuration, for hub and state folder
	Hub    config.HubFlags
	Dir    string        // a state folder, in place of the configuration's
	Since  time.Duration // how far back

	Now func() time.Time // nil: time.Now
}

// Backfill teaches the history what the hub remembers of tasks and builds that have
// ended. What was read is written down bit by bit: after an interruption it goes on
// from there.
func Backfill(ctx context.Context, streams Streams, opts BackfillOptions) (err error) {
	c, err := hubConfig(opts.Config, opts.Hub)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub; set hub.profile or hub.server, or give --profile or --hub")
	}
	path := filepath.Join(cmp.Or(opts.Dir, c.StateDir), historyFile)
	store, learnt, err := history.Open(path, c.Estimates.Size)
	if errors.Is(err, history.ErrInUse) {
		return fmt.Errorf("%w; stop the daemon meanwhile, its messages wait for it", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	hub, err := openCommandHub(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.close(ctx)) }()
	b := &backfill{
		api: hub.api, store: store, estimator: estimates.New(estimates.Options{History: learnt}),
	}
	if IsTerminal(streams.Err) {
		b.progress = streams.Err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	err = b.run(ctx, opts.Now(), opts.Since)
	_, printErr := fmt.Fprintf(streams.Out, "%d tasks and %d builds read\n", b.tasks, b.builds)
	return errors.Join(err, printErr)
}
