package live

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Open returns a reader for what Options.Name names, by [kojirpc.API.Find].
func Open(ctx context.Context, api kojirpc.API, opts Options) (*Reader, error) {
	thing, err := api.Find(ctx, opts.Name)
	if err != nil {
		return nil, err
	}
	return Of(api, thing, opts)
}

// Of returns a reader for a thing that was found. It ignores Options.Name.
func Of(api kojirpc.API, thing kojirpc.Thing, opts Options) (*Reader, error) {
	e := newReader(api, opts)
	switch {
	case thing.Task != nil:
		e.task = thing.Task.ID
	case thing.Build != nil:
		e.useBuild(*thing.Build)
	case thing.Package != nil:
		e.pkg = thing.Package.Name
	default:
		return nil, fmt.Errorf("that is a %s; there are estimates for tasks, builds and packages", thing.Page.Kind)
	}
	return e, nil
}

func (e *Reader) useBuild(b koji.Build) { e.build, e.task = &b, b.TaskID }
