package live

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// resolve finds out what is named: a URL, an id (of a task, if there is one, else of
// a build), "task:" or "build:" and an id, an NVR, or a package.
func (e *Reader) resolve(ctx context.Context) error {
	name := strings.TrimSpace(e.opts.Name)
	if strings.Contains(name, "://") {
		return e.byURL(ctx, name)
	}
	kind, number, found := strings.Cut(name, ":")
	if !found {
		kind, number = "", name
	}
	id, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err != nil:
		return e.byName(ctx, name)
	case kind == "task":
		return e.byTask(ctx, id)
	case kind == "build":
		return e.byBuild(ctx, kojirpc.ID(id))
	}
	err = e.byTask(ctx, id)
	if errors.Is(err, koji.ErrNotFound) {
		if err := e.byBuild(ctx, kojirpc.ID(id)); err == nil || !errors.Is(err, koji.ErrNotFound) {
			return err
		}
		return fmt.Errorf("there is neither a task nor a build %d", id)
	}
	return err
}

func (e *Reader) byURL(ctx context.Context, url string) error {
	thing, err := e.api.Lookup(ctx, url)
	switch {
	case err != nil:
		return err
	case thing.Task != nil:
		e.task = thing.Task.ID
	case thing.Build != nil:
		e.useBuild(*thing.Build)
	case thing.Package != nil:
		e.pkg = thing.Package.Name
	default:
		return fmt.Errorf("the URL names a %s; eta tells of tasks, builds and packages", thing.Page.Kind)
	}
	return nil
}

func (e *Reader) byTask(ctx context.Context, id int64) error {
	t, err := e.api.GetTask(ctx, id)
	e.task = t.ID
	return err
}

func (e *Reader) byBuild(ctx context.Context, ref koji.Ref) error {
	b, err := e.api.GetBuild(ctx, ref)
	if err == nil {
		e.useBuild(b)
	}
	return err
}

func (e *Reader) useBuild(b koji.Build) { e.build, e.task = &b, b.TaskID }

// byName takes an NVR for a build if there is one, else for a package: names have
// dashes, too.
func (e *Reader) byName(ctx context.Context, name string) error {
	if _, err := koji.ParseNVR(name); err == nil {
		err := e.byBuild(ctx, kojirpc.Name(name))
		if err == nil || !errors.Is(err, koji.ErrNotFound) {
			return err
		}
	}
	p, err := e.api.GetPackage(ctx, kojirpc.Name(name))
	if errors.Is(err, koji.ErrNotFound) {
		return fmt.Errorf("the hub knows no build and no package %q", name)
	}
	e.pkg = p.Name
	return err
}
