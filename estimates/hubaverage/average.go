// Package hubaverage asks the hub for the average duration of packages' builds: by
// getAverageBuildDuration or, for containers, for which that is not useful, as the mean of the
// last five builds.
package hubaverage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

const (
	// lastBuilds is the number of a container's builds that count.
	lastBuilds = 5
	// maxKept is the maximum number of packages in the cache.
	maxKept = 50_000
)

// Options configure [Averages]. The zero value uses all of the hub's history and asks again
// after six hours.
type Options struct {
	// Months is how far back averages go; 0 is unlimited. Hubs before 1.23 do not support
	// it and are asked without.
	Months int
	// TTL is how long an answer is valid, also that there is no average. Default: 6 h.
	TTL time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Averages asks a hub for averages and caches them. It is safe for concurrent use.
type Averages struct {
	hub  kojirpc.Caller
	opts Options

	mu    sync.Mutex
	kept  map[string]answer
	noAge bool // the hub knows no age
}

// answer is the hub's answer for a package.
type answer struct {
	average time.Duration // 0: there is none
	at      time.Time
}

// New returns averages of a hub.
func New(hub kojirpc.Caller, opts Options) *Averages {
	if opts.TTL <= 0 {
		opts.TTL = 6 * time.Hour
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Averages{hub: hub, opts: opts, kept: map[string]answer{}}
}

// AverageBuildDuration returns the average of one package. It is unknown for a package that
// does not exist or was never built, and if the hub's average is negative, as it is for builds
// that content generators import.
func (a *Averages) AverageBuildDuration(ctx context.Context, name string) (koji.Opt[time.Duration], error) {
	all, err := a.AverageBuildDurations(ctx, name)
	d, ok := all[name]
	return koji.Opt[time.Duration]{Value: d, Known: ok}, err
}

// Known returns the cached average of a package, 0 if there is none, and whether the answer is
// still valid. It does not ask the hub.
func (a *Averages) Known(name string) (average time.Duration, fresh bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.kept[name]
	return kept.average, ok && a.opts.Now().Sub(kept.at) < a.opts.TTL
}

// AverageBuildDurations returns the averages of many packages, asked for in batches. Packages
// without an average are not in the result. After an error, which may concern only some
// packages, the result has the others.
func (a *Averages) AverageBuildDurations(ctx context.Context, names ...string) (map[string]time.Duration, error) {
	found, ask := a.remembered(names)
	if len(ask) == 0 {
		return found, nil
	}
	fresh, err := a.ask(ctx, ask)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.kept) > maxKept {
		clear(a.kept)
	}
	now := a.opts.Now()
	for name, d := range fresh {
		a.kept[name] = answer{d, now}
		if d > 0 {
			found[name] = d
		}
	}
	return found, err
}

// remembered returns the averages that are cached and valid, and the names to ask for.
func (a *Averages) remembered(names []string) (found map[string]time.Duration, ask []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found = map[string]time.Duration{}
	asked := map[string]bool{"": true} // the hub would take it for a name
	now := a.opts.Now()
	for _, name := range names {
		kept, ok := a.kept[name]
		switch {
		case !ok || now.Sub(kept.at) >= a.opts.TTL:
			if !asked[name] {
				asked[name] = true
				ask = append(ask, name)
			}
		case kept.average > 0:
			found[name] = kept.average
		}
	}
	return found, ask
}

// ask asks the hub and returns the answer for each name; 0 is no average.
func (a *Averages) ask(ctx context.Context, names []string) (map[string]time.Duration, error) {
	fresh := make(map[string]time.Duration, len(names))
	var containers, others []string
	for _, name := range names {
		if strings.HasSuffix(name, "-container") {
			containers = append(containers, name)
		} else {
			others = append(others, name)
		}
	}
	err := a.askContainers(ctx, containers, fresh)
	return fresh, errors.Join(err, a.askHub(ctx, others, fresh))
}

// askContainers takes the mean of the last builds. Packages go by id: hubs before
// 1.26 list builds by nothing else.
func (a *Averages) askContainers(ctx context.Context, names []string, fresh map[string]time.Duration) error {
	ids, err := batched(ctx, a.hub, names, func(b *kojirpc.Batch, name string) *kojirpc.Result[*koji.Package] {
		return kojirpc.Add[*koji.Package](b, "getPackage", name)
	})
	var known []string
	for name, pkg := range ids {
		if pkg == nil {
			fresh[name] = 0
			continue
		}
		known = append(known, name)
	}
	builds, err2 := batched(ctx, a.hub, known, func(b *kojirpc.Batch, name string) *kojirpc.Result[[]koji.Build] {
		return kojirpc.Add[[]koji.Build](b, "listBuilds", kojirpc.Named{
			"packageID": ids[name].ID, "state": koji.BuildComplete.Number(),
			"queryOpts": map[string]any{"limit": lastBuilds, "order": "-completion_time"},
		})
	})
	for name, list := range builds {
		fresh[name] = mean(list)
	}
	return errors.Join(err, err2)
}

// mean returns the mean duration of the builds whose times are known.
func mean(builds []koji.Build) time.Duration {
	var sum, n time.Duration
	for i := range builds {
		if d := builds[i].Duration(); d.Known {
			sum += d.Value
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// askHub asks for the hub's own averages. If the hub does not support an age, it is asked
// without one, and so are later calls.
func (a *Averages) askHub(ctx context.Context, names []string, fresh map[string]time.Duration) error {
	a.mu.Lock()
	named := kojirpc.Named{}
	if a.opts.Months > 0 && !a.noAge {
		named["age"] = a.opts.Months
	}
	a.mu.Unlock()
	answers, err := batched(ctx, a.hub, names, func(b *kojirpc.Batch, name string) *kojirpc.Result[*float64] {
		return kojirpc.Add[*float64](b, "getAverageBuildDuration", name, named)
	})
	if errors.Is(err, kojirpc.CodeParameterError) && len(named) > 0 {
		a.mu.Lock()
		a.noAge = true
		a.mu.Unlock()
		return a.askHub(ctx, names, fresh)
	}
	for name, seconds := range answers {
		fresh[name] = 0
		if seconds != nil && *seconds > 0 && *seconds < century {
			fresh[name] = time.Duration(*seconds * float64(time.Second))
		}
	}
	return err
}

// century is longer than any build, in seconds.
const century = 100 * 365 * 24 * 60 * 60

// batched makes a call for each name in one batch. The error concerns the names that are not
// in the result.
func batched[T any](ctx context.Context, hub kojirpc.Caller, names []string, queue func(*kojirpc.Batch, string) *kojirpc.Result[T]) (map[string]T, error) {
	batch := kojirpc.NewBatch(hub)
	results := make([]*kojirpc.Result[T], len(names))
	for i, name := range names {
		results[i] = queue(batch, name)
	}
	answers := make(map[string]T, len(names))
	if err := batch.Send(ctx); err != nil {
		return answers, fmt.Errorf("average durations of %d packages: %w", len(names), err)
	}
	var errs []error
	for i, r := range results {
		v, err := r.Get()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		answers[names[i]] = v
	}
	return answers, errors.Join(errs...)
}
