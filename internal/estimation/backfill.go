package estimation

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// The marks in the history.
const (
	// markBegan is the time at which the daemon began to learn; earlier runs are for backfill.
	markBegan = "began"
	// markFilled is the time up to which the past has been read.
	markFilled = "filled"
)

const (
	// backfillWindow is how much of the past is read at a time. A busy hub ends some
	// thousand tasks in it.
	backfillWindow = 6 * time.Hour
	// backfillPage is how many tasks or builds are asked for in one request.
	backfillPage = 1000
	// backfillPause is the least pause between two requests. It is as long as the
	// request took if that was longer, so that the hub works for it half the time at
	// most.
	backfillPause = 50 * time.Millisecond
	// orphanPatience is the most time between the end of a task and that of its parent for
	// the two to be seen together.
	orphanPatience = 24 * time.Hour
)

// Backfill is one under way.
type Backfill struct {
	API           kojirpc.API
	Store         *history.Store
	Estimator     *estimates.Estimator
	Progress      io.Writer // nil: shows none
	Tasks, Builds int
	// orphans wait for the end of their parents. An interruption loses them.
	orphans []koji.Task
}

// Run reads what ended since, up to when the daemon began to learn.
func (b *Backfill) Run(ctx context.Context, now time.Time, since time.Duration) error {
	from, until := now.Add(-since).Truncate(backfillWindow), now
	if began := b.Store.Mark(markBegan); !began.IsZero() {
		until = began
	}
	if filled := b.Store.Mark(markFilled); filled.After(from) {
		from = filled
	}
	for from.Before(until) {
		to := from.Add(backfillWindow).Truncate(backfillWindow)
		if to.After(until) {
			to = until
		}
		if err := b.window(ctx, from, to); err != nil {
			return err
		}
		from = to
		b.showProgress(to)
	}
	b.observe(nil, until.Add(orphanPatience))
	return b.Store.Write(b.Estimator.Changes())
}

// window learns from what ended between two points in time. The store has all of it or
// nothing.
func (b *Backfill) window(ctx context.Context, from, to time.Time) error {
	tasks, err := pages(ctx, func(q kojirpc.QueryOpts) ([]koji.Task, error) {
		return b.API.ListTasks(ctx, kojirpc.TaskFilter{
			States: []koji.TaskState{koji.TaskClosed}, CompleteAfter: from, CompleteBefore: to,
		}, q)
	}, "id")
	if err != nil {
		return err
	}
	builds, err := pages(ctx, func(q kojirpc.QueryOpts) ([]koji.Build, error) {
		return b.API.ListBuilds(ctx, kojirpc.BuildFilter{
			State: koji.BuildComplete, CompleteAfter: from, CompleteBefore: to,
		}, q)
	}, "build_id")
	if err != nil {
		return err
	}
	b.Tasks, b.Builds = b.Tasks+len(tasks), b.Builds+len(builds)
	b.observe(tasks, from)
	for i := range builds {
		b.Estimator.ObserveBuild(&builds[i], builds[i].Ended)
	}
	changes := b.Estimator.Changes()
	changes.Mark(markFilled, to)
	return b.Store.Write(changes)
}

// observe has the estimator see the starts and ends of tasks in their order, as it
// would have from messages: a parent starts before its children and ends after them.
// Those whose parent ends later wait for it.
func (b *Backfill) observe(tasks []koji.Task, from time.Time) {
	type moment struct {
		task *koji.Task
		at   time.Time
	}
	parents := map[int64]bool{}
	for i := range tasks {
		parents[tasks[i].ID] = true
	}
	var moments []moment
	all := slices.Concat(b.orphans, tasks)
	b.orphans = nil
	for _, t := range all {
		if t.Parent != 0 && !parents[t.Parent] && t.Ended.After(from.Add(-orphanPatience)) {
			b.orphans = append(b.orphans, t)
			continue
		}
		started := t
		started.State, started.Ended = koji.TaskOpen, time.Time{}
		moments = append(moments, moment{&started, t.Started}, moment{&t, t.Ended})
	}
	slices.SortStableFunc(moments, func(x, y moment) int { return x.at.Compare(y.at) })
	for _, m := range moments {
		b.Estimator.Observe(m.task, m.at)
	}
}

// pages asks for one page after the other, with pauses.
func pages[T any](ctx context.Context, ask func(kojirpc.QueryOpts) ([]T, error), order string) ([]T, error) {
	var all []T
	for {
		begin := time.Now()
		page, err := ask(kojirpc.QueryOpts{Order: order, Offset: len(all), Limit: backfillPage})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		clock.Sleep(ctx, max(backfillPause, time.Since(begin)))
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case len(page) < backfillPage:
			return all, nil
		}
	}
}

func (b *Backfill) showProgress(until time.Time) {
	if b.Progress != nil {
		_, _ = fmt.Fprintf(b.Progress, "kojiwatch: until %s: %d tasks, %d builds\n", until.UTC().Format("2006-01-02 15:04"), b.Tasks, b.Builds)
	}
}
