package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// NewEnricher returns an enricher that asks the hub. Causes measures how it finds out why
// tasks failed.
func NewEnricher(c *config.Config, link *Hub, durations enrich.Estimates, causes *metrics.FirstCauses) *enrich.Enricher {
	return enrich.New(enrich.Options{
		Web:   link.Web,
		Hub:   hubFacts{link.API},
		Names: link.Names,

		Estimates: durations,
		Failures:  failureFinder{firstcause.New(link.API, link.Web), causes},

		Budget: c.Hub.Budget,
		Wait:   c.Hub.OnFailure == config.OnFailureWait,
		// A task or build is as much as several names.
		Remember: c.Cache.Size / 5,
	})
}

// hubFacts asks the hub what messages lack. Calls made at the same time travel
// together, which is up to the client.
type hubFacts struct{ api kojirpc.API }

// failureFinder finds out why tasks failed, by the hub.
type failureFinder struct {
	finder  *firstcause.Finder
	measure *metrics.FirstCauses
}

// Find implements enrich.Failures.
func (f failureFinder) Find(ctx context.Context, task int64) (*event.Failure, error) {
	begun := time.Now()
	failure, err := f.finder.Find(ctx, task)
	kind := ""
	if err == nil {
		kind = failure.Kind
	}
	f.measure.Observe(kind, time.Since(begun), err)
	return failure, hubAnswer(err)
}

// Task implements enrich.Hub.
func (h hubFacts) Task(ctx context.Context, id int64) (koji.Task, error) {
	task, err := h.api.GetTask(ctx, id)
	return task, hubAnswer(err)
}

// Build implements enrich.Hub.
func (h hubFacts) Build(ctx context.Context, id int64) (koji.Build, error) {
	build, err := h.api.GetBuild(ctx, kojirpc.ID(id))
	return build, hubAnswer(err)
}

// BuildOf implements enrich.Hub.
func (h hubFacts) BuildOf(ctx context.Context, task int64) (koji.Build, error) {
	builds, err := h.api.ListBuilds(ctx, kojirpc.BuildFilter{Task: task}, kojirpc.QueryOpts{Order: "-build_id", Limit: 1})
	if err != nil {
		return koji.Build{}, hubAnswer(err)
	}
	if len(builds) == 0 {
		return koji.Build{}, fmt.Errorf("hub listBuilds of task %d: %w", task, koji.ErrNotFound)
	}
	return builds[0], nil
}

// TagsOf implements enrich.Hub.
func (h hubFacts) TagsOf(ctx context.Context, build int64) ([]string, error) {
	tags, err := h.api.ListTags(ctx, kojirpc.TagFilter{Build: kojirpc.ID(build)}, kojirpc.QueryOpts{Order: "name"})
	if err != nil {
		return nil, hubAnswer(err)
	}
	names := make([]string, len(tags))
	for i := range tags {
		names[i] = tags[i].Name
	}
	return names, nil
}

// hubAnswer says of an error whether the hub knows no such thing or refuses. A
// hub that is offline says so by a fault, too, but has not answered.
func hubAnswer(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, koji.ErrNotFound):
		return err
	case errors.As(err, new(*kojirpc.Fault)) && !errors.Is(err, kojirpc.CodeServerOffline):
		return fmt.Errorf("%w: %w", enrich.ErrFault, err)
	}
	return err
}
