package watch

import (
	"context"
	"fmt"
	"slices"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Choice says which tasks to watch: those that are named, or those that run or begin and
// are of a user, of a package and for a tag, as far as these are given.
type Choice struct {
	Words   []string // tasks and builds, as kojirpc.API.Find takes them
	User    string
	Mine    bool
	Package string
	Tag     string
}

// Tasks returns the tasks of the choice. It returns koji.ErrNotFound if one does not exist.
func (c *Choice) Tasks(ctx context.Context, api kojirpc.API) (live.TasksOptions, error) {
	var o live.TasksOptions
	for _, word := range c.Words {
		id, err := taskOf(ctx, api, word)
		if err != nil {
			return o, err
		}
		if !slices.Contains(o.IDs, id) {
			o.IDs = append(o.IDs, id)
		}
	}
	if len(c.Words) > 0 {
		return o, nil
	}
	return o, c.filter(ctx, api, &o)
}

// taskOf returns the task that a word names, or the task of the build that it names.
func taskOf(ctx context.Context, api kojirpc.API, word string) (int64, error) {
	found, err := api.Find(ctx, word)
	switch {
	case err != nil:
		return 0, err
	case found.Task != nil:
		return found.Task.ID, nil
	case found.Build != nil && found.Build.TaskID != 0:
		return found.Build.TaskID, nil
	case found.Build != nil:
		return 0, fmt.Errorf("build %s has no task to watch; wait waits for such builds", found.Build.NVR)
	}
	return 0, fmt.Errorf("%s is a %s; tasks and builds can be watched", word, found.Page.Kind)
}

// filter has tasks found at every look.
func (c *Choice) filter(ctx context.Context, api kojirpc.API, o *live.TasksOptions) error {
	f := &kojirpc.TaskFilter{States: []koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskAssigned}}
	if c.Package != "" || c.Tag != "" {
		f.Method = "build"
	} else {
		f.TopLevel = true
	}
	q := listing.Query{User: kojirpc.Name(c.User), Mine: c.Mine}
	var err error
	if f.Owner, err = q.Owner(ctx, api); err != nil {
		return err
	}
	targets, err := c.targets(ctx, api)
	if err != nil {
		return err
	}
	if c.Package != "" {
		if _, err := api.GetPackage(ctx, kojirpc.Name(c.Package)); err != nil {
			return err
		}
	}
	o.Filter = f
	o.Accept = func(t *koji.Task) bool {
		return (c.Package == "" || t.Package() == c.Package) && (c.Tag == "" || slices.Contains(targets, t.Target().Name))
	}
	return nil
}

// targets returns the names of the targets whose builds go into the tag.
func (c *Choice) targets(ctx context.Context, api kojirpc.API) ([]string, error) {
	if c.Tag == "" {
		return nil, nil
	}
	tag, err := api.GetTag(ctx, kojirpc.Name(c.Tag))
	if err != nil {
		return nil, err
	}
	targets, err := api.GetBuildTargets(ctx, kojirpc.TargetFilter{DestTag: tag.Ref()})
	return listing.TargetNames(targets), err
}
