// Package firstcause finds out why a task failed: which of its subtasks failed first, which
// log of that subtask explains the failure, and the line that states the cause. It calls the
// hub, and leaves the analysis of logs to package buildlog.
package firstcause

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/internal/buildlog"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// atOnce bounds how many failures are analyzed at a time. When many builds fail, the hub is
// busy enough.
const atOnce = 4

// Finder finds out why tasks failed. It may be used by several goroutines.
type Finder struct {
	api   kojirpc.API
	web   koji.Web
	slots *semaphore.Weighted
	// explained caches failures by the task that failed first, since the events of that task
	// and of its parents need the same failure.
	explained *boundedcache.Cache[int64, event.Failure]
}

const maxExplained = 1000

// New returns a Finder that calls a hub and links to its kojiweb, which may be zero.
func New(api kojirpc.API, web koji.Web) *Finder {
	return &Finder{
		api: api, web: web, slots: semaphore.NewWeighted(atOnce), explained: boundedcache.New[int64, event.Failure](maxExplained),
	}
}

// Kinds returns the kinds of failures that there are.
func Kinds() []string {
	var names []string
	for _, k := range buildlog.Kinds() {
		names = append(names, string(k))
	}
	return names
}

// Find finds out why a task failed. The error is koji.ErrNotFound if the task has not failed.
func (f *Finder) Find(ctx context.Context, id int64) (*event.Failure, error) {
	if err := f.slots.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer f.slots.Release(1)
	var task koji.Task
	var tree kojirpc.TaskTree
	both, bothCtx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		task, err = f.api.GetTask(bothCtx, id)
		return err
	})
	both.Go(func() (err error) {
		tree, err = f.api.GetTaskDescendents(bothCtx, id)
		return err
	})
	if err := both.Wait(); err != nil {
		return nil, err
	}
	return f.find(ctx, &task, tree)
}

// FindIn is Find for a task that is known, with its subtasks.
func (f *Finder) FindIn(ctx context.Context, task *koji.Task, tree kojirpc.TaskTree) (*event.Failure, error) {
	if err := f.slots.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer f.slots.Release(1)
	return f.find(ctx, task, tree)
}

func (f *Finder) find(ctx context.Context, task *koji.Task, tree kojirpc.TaskTree) (*event.Failure, error) {
	if task.State != koji.TaskFailed {
		return nil, fmt.Errorf("task %d has not failed: %w", task.ID, koji.ErrNotFound)
	}
	suspects := suspectsIn(task, tree)
	faults, err := f.faultsOf(ctx, suspects)
	if err != nil {
		return nil, err
	}
	first := firstOf(suspects, faults)
	return f.explain(ctx, suspects[first], faults[first])
}

// faultsOf returns the faults of tasks, "" for a task without one.
func (f *Finder) faultsOf(ctx context.Context, tasks []*koji.Task) ([]string, error) {
	faults := make([]string, len(tasks))
	all, ctx := errgroup.WithContext(ctx)
	for i, t := range tasks {
		all.Go(func() error {
			result, err := f.api.GetTaskResult(ctx, t.ID)
			if err == nil && result.Fault != nil {
				faults[i] = result.Fault.Text
			}
			return unlessRefused(err)
		})
	}
	return faults, all.Wait()
}

// unlessRefused returns err unless it is a fault of the hub, which means that the hub does
// not have the data, or no longer has it.
func unlessRefused(err error) error {
	if _, refused := errors.AsType[*kojirpc.Fault](err); refused && !errors.Is(err, kojirpc.CodeServerOffline) {
		return nil
	}
	return err
}

// explain reads the logs of the task that failed first.
func (f *Finder) explain(ctx context.Context, t *koji.Task, fault string) (*event.Failure, error) {
	if known, found := f.explained.Get(t.ID); found {
		return &known, nil
	}
	failed := buildlog.Task{Method: t.Method, Fault: fault}
	host := t.Host
	both, bothCtx := errgroup.WithContext(ctx)
	both.Go(func() error {
		files, err := f.api.StatTaskOutput(bothCtx, t.ID)
		failed.Logs = make(map[string]int64, len(files))
		for name, file := range files {
			failed.Logs[name] = file.Size
		}
		return unlessRefused(err)
	})
	if host.Name == "" && host.ID != 0 {
		both.Go(func() error {
			h, err := f.api.GetHost(bothCtx, host)
			host.Name = h.Name
			if errors.Is(err, koji.ErrNotFound) {
				return nil
			}
			return unlessRefused(err)
		})
	}
	if err := both.Wait(); err != nil {
		return nil, err
	}
	cause, err := buildlog.Find(&failed, func(name string, offset, size int64) ([]byte, error) {
		text, err := f.api.DownloadTaskOutput(ctx, t.ID, name, offset, size)
		return text, unlessRefused(err)
	})
	if err != nil {
		return nil, fmt.Errorf("task %d: %w", t.ID, err)
	}
	failure := f.failure(t, host.Name, &cause)
	f.explained.Put(t.ID, *failure)
	return failure, nil
}

func (f *Finder) failure(t *koji.Task, host string, cause *buildlog.Cause) *event.Failure {
	out := &event.Failure{
		Task: t.ID, Arch: t.WorkArch(), Host: host, Log: cause.Log, Line: cause.Line, Kind: string(cause.Kind),
		URL: f.web.TaskFile(t.ID, cause.Log),
	}
	if out.URL == "" {
		out.URL = f.web.Task(t.ID)
	}
	return out
}
