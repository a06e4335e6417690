package ask

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// daemonPatience is the time limit for a daemon's answer. Without an answer the estimate is
// made from the hub's answers alone.
const daemonPatience = 2 * time.Second

// askDaemon replaces the estimate by that of a running daemon, which has a longer history, if
// one answers.
func askDaemon(ctx context.Context, address string, a *live.Answer) {
	if address == "" || a == nil || a.Node == nil || a.Ended() || a.OnlyPackage {
		return
	}
	if e, err := daemonEstimate(ctx, address, a.Node.Task.ID); err == nil {
		e.Reason, e.Ahead, e.Phase = a.Estimate.Reason, a.Estimate.Ahead, a.Estimate.Phase
		a.Estimate, a.Daemon = e, true
	}
}

// daemonEstimate returns the estimate of a running daemon for a task.
func daemonEstimate(ctx context.Context, address string, task int64) (forecast.Estimate, error) {
	ctx, cancel := context.WithTimeout(ctx, daemonPatience)
	defer cancel()
	text, err := admin.Estimate(ctx, address, task)
	if err != nil {
		return forecast.Estimate{}, err
	}
	e, err := estimation.ParseLookup(text)
	if err == nil && !e.Known() {
		err = admin.ErrNoEstimate
	}
	return e, err
}

// printDaemonETA prints the estimate of a running daemon for a task if the configuration names
// no hub. The daemon has no estimates for builds and for tasks that have ended.
func printDaemonETA(ctx context.Context, streams cliutil.Streams, c *config.Config, opts *etaOptions) error {
	if c.Admin.Listen == "" {
		return c.Problem("hub", "names no hub to ask; set hub.profile or hub.server (or admin.listen, for the estimates of the daemon)")
	}
	const alone = "the configuration names no hub, and a daemon alone "
	task, err := taskNamed(opts.Name)
	switch {
	case err != nil:
		return cli.UsageError{Err: fmt.Errorf(alone+"tells of tasks only: %w", err)}
	case opts.Watch:
		return cli.UsageError{Err: errors.New(alone + "does not tell how a task has ended: leave out --watch")}
	}
	e, err := daemonEstimate(ctx, c.Admin.Listen, task)
	if err != nil {
		return errors.New(cliutil.Visible(fmt.Sprintf("task %d: %v; the configuration names no hub to ask instead", task, err)))
	}
	answer := &live.Answer{Now: time.Now(), Node: &forecast.Node{Task: koji.Task{ID: task}, Estimate: e}, Estimate: e, Daemon: true}
	return opts.screen(streams).Print(answer)
}

// taskNamed returns the id of the task that a word names, without asking a hub.
func taskNamed(word string) (int64, error) {
	if strings.Contains(word, "://") {
		page, err := koji.ParseWebURL(word)
		if err == nil && page.Kind != koji.PageTask {
			err = fmt.Errorf("this is the page of a %s", page.Kind)
		}
		return page.ID, err
	}
	id, err := strconv.ParseInt(strings.TrimPrefix(word, "task:"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no id of a task", word)
	}
	return id, nil
}
