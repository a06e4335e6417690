package main

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
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
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
func Backfill(ctx context.Context, streams cliutil.Streams, opts BackfillOptions) (err error) {
	c, err := hubConfig(opts.Config, opts.Hub)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub; set hub.profile or hub.server, or give --profile or --hub")
	}
	path := filepath.Join(cmp.Or(opts.Dir, c.StateDir), estimation.HistoryFile)
	store, learnt, err := history.Open(path, c.Estimates.Size)
	if errors.Is(err, history.ErrInUse) {
		return fmt.Errorf("%w; stop the daemon meanwhile, its messages wait for it", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	hub, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	b := &estimation.Backfill{
		API: hub.API, Store: store, Estimator: estimates.New(estimates.Options{History: learnt}),
	}
	if cliutil.IsTerminal(streams.Err) {
		b.Progress = streams.Err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	err = b.Run(ctx, opts.Now(), opts.Since)
	_, printErr := fmt.Fprintf(streams.Out, "%d tasks and %d builds read\n", b.Tasks, b.Builds)
	return errors.Join(err, printErr)
}
