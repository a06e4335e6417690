package wait

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// waiter waits for some tasks and builds.
type waiter struct {
	api    kojirpc.API
	opts   Options
	things []*thing
	pause  time.Duration
	fresh  bool // something has come to light that has to be asked about at once
	repo   repo // the newest one that was seen
	asked  int64
}

// repo is the part of a repository's record that matters.
type repo struct {
	ID    int64 `xmlrpc:"id"`
	Event int64 `xmlrpc:"create_event"`
}

// find finds the things that were named.
func (w *waiter) find(ctx context.Context) error {
	for _, word := range w.opts.Words {
		found, err := w.api.Find(ctx, word)
		if errors.Is(err, koji.ErrNotFound) {
			return &UnknownError{err}
		}
		if err != nil {
			return err
		}
		t := &thing{word: word, tagged: w.opts.Tagged == "", inRepo: w.opts.InRepo == ""}
		switch {
		case found.Task != nil:
			t.task = found.Task.ID
			t.setTask(found.Task)
		case found.Build != nil:
			t.isBuild = true
			t.setBuild(found.Build)
		default:
			return fmt.Errorf("%s is a %s; tasks and builds can be waited for", word, found.Page.Kind)
		}
		w.things = append(w.things, t)
	}
	w.fresh = slices.ContainsFunc(w.open(), func(t *thing) bool { return t.ended })
	return w.checkTags(ctx)
}

// checkTags returns an error for a tag that does not exist.
func (w *waiter) checkTags(ctx context.Context) error {
	b := kojirpc.NewBatch(w.api)
	var tags []*kojirpc.Result[koji.Tag]
	for _, name := range []string{w.opts.Tagged, w.opts.InRepo} {
		if name != "" {
			tags = append(tags, b.GetTag(kojirpc.Name(name)))
		}
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	for _, r := range tags {
		if _, err := r.Get(); err != nil {
			return err
		}
	}
	return nil
}

// look asks for the state of all things that are still waited for, in one request.
func (w *waiter) look(ctx context.Context) error {
	b := kojirpc.NewBatch(w.api)
	var takes []func() error
	if take := w.askTasks(b); take != nil {
		takes = append(takes, take)
	}
	for _, t := range w.open() {
		if take := w.ask(b, t); take != nil {
			takes = append(takes, take)
		}
	}
	if take := w.askRepo(b); take != nil {
		takes = append(takes, take)
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	var errs []error
	for _, take := range takes {
		errs = append(errs, take())
	}
	return errors.Join(errs...)
}

// askTasks asks about all running tasks, in one call.
func (w *waiter) askTasks(b *kojirpc.Batch) func() error {
	var running []*thing
	var ids []int64
	for _, t := range w.open() {
		if !t.isBuild && !t.ended {
			running, ids = append(running, t), append(ids, t.task)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	r := kojirpc.Add[[]koji.Task](b, "getTaskInfo", ids)
	return func() error {
		tasks, err := r.Get()
		if err != nil {
			return err
		}
		for i := range tasks[:min(len(tasks), len(running))] {
			if running[i].setTask(&tasks[i]); running[i].needsBuild() {
				w.fresh = true
			}
		}
		return nil
	}
}

// ask makes the next request about a thing.
func (w *waiter) ask(b *kojirpc.Batch, t *thing) func() error {
	switch {
	case t.isBuild && !t.ended:
		r := b.GetBuild(kojirpc.ID(t.build))
		return func() error {
			build, err := r.Get()
			if err == nil {
				t.setBuild(&build)
				w.fresh = w.fresh || t.ended && !t.done()
			}
			return err
		}
	case t.needsBuild():
		r := b.ListBuilds(kojirpc.BuildFilter{Task: t.task}, kojirpc.QueryOpts{})
		return func() error { return w.takeBuild(t, r) }
	case t.ended && !t.tagged:
		r := kojirpc.Add[[]koji.Tag](b, "listTags", kojirpc.Named{"build": t.build})
		return func() error {
			tags, err := r.Get()
			t.tagged = slices.ContainsFunc(tags, func(tag koji.Tag) bool { return tag.Name == w.opts.Tagged })
			return err
		}
	}
	return nil
}

// takeBuild takes the build that a task has made. Without one there is nothing to wait
// for.
func (w *waiter) takeBuild(t *thing, r *kojirpc.Result[[]koji.Build]) error {
	builds, err := r.Get()
	if err != nil {
		return err
	}
	if len(builds) == 0 {
		t.failed, t.state = true, "the task has made no build"
		return nil
	}
	t.setBuild(&builds[0])
	w.fresh = true
	return nil
}

// askRepo asks for the newest repository, and whether the one that was seen has what is
// waited for.
func (w *waiter) askRepo(b *kojirpc.Batch) func() error {
	var missing []*thing
	for _, t := range w.open() {
		if t.ended && t.build != 0 && !t.inRepo {
			missing = append(missing, t)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	newest := kojirpc.Add[*repo](b, "getRepo", w.opts.InRepo)
	var takes []func() error
	if w.repo.Event != 0 && w.repo.ID != w.asked {
		for _, t := range missing {
			takes = append(takes, w.askInRepo(b, t))
		}
	}
	asked := w.repo.ID
	return func() error {
		var errs []error
		for _, take := range takes {
			errs = append(errs, take())
		}
		found, err := newest.Get()
		if err == nil && found != nil {
			w.repo = *found
		}
		if errs = append(errs, err); errors.Join(errs...) == nil {
			w.asked = asked
		}
		w.fresh = w.fresh || w.repo.ID != w.asked
		return errors.Join(errs...)
	}
}

// askInRepo asks whether a build was in the tag when its repository was made.
func (w *waiter) askInRepo(b *kojirpc.Batch, t *thing) func() error {
	r := kojirpc.Add[[]koji.Build](b, "listTagged", w.opts.InRepo,
		kojirpc.Named{"event": w.repo.Event, "package": t.pkg, "inherit": true})
	return func() error {
		builds, err := r.Get()
		t.inRepo = slices.ContainsFunc(builds, func(build koji.Build) bool { return build.ID == t.build })
		return err
	}
}
