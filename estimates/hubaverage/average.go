// Package hubaverage tells how long builds of packages have taken on average, as
// the hub has it: the answer of getAverageBuildDuration, and for containers, of
// whose builds that knows nothing useful, the mean of the last five.
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
	// lastBuilds is how many builds of a container count.
	lastBuilds = 5
	// maxKept bounds how many packages are remembered.
	maxKept = 50_000
)

// Options say how averages are asked for. The zero value is all of the hub's
// history, asked anew after six hours.
type Options struct {
	// Months is how far back averages go; 0 is all the way. Hubs before 1.23 know
	// no such bound and are then asked without.
	Months int
	// TTL is for how long an answer counts, also that there is none. Default: 6 h.
	TTL time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Averages asks a hub and remembers. It is safe for use by several goroutines.
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

// AverageBuildDuration returns the average of one package. It is unknown for a
// package that does not exist or was never built, and where the hub's own is
// negative, as it is for what content generators import.
func (a *Averages) AverageBuildDuration(ctx context.Context, name string) (koji.Opt[time.Duration], error) {
	all, err := a.AverageBuildDurations(ctx, name)
	d, ok := all[name]
	return koji.Opt[time.Duration]{Value: d, Known: ok}, err
}

// Known returns what was answered about a package, 0 if that was nothing or nobody has
// asked, and whether the answer still counts. It does not ask the hub.
func (a *Averages) Known(name string) (average time.Duration, fresh bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.kept[name]
	return kept.average, ok && a.opts.Now().Sub(kept.at) < a.opts.TTL
}

// AverageBuildDurations returns the averages of many packages, in a request or two
// for as many as go into one. Those that have none are not in the answer. An error
// is about some packages or all; what is known of others is in the answer.
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

// remembered divides names into those whose answer still counts and others.
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

// ask has the answer for each name that the hub has one for, 0 for none.
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

// mean leaves out builds of which the time is not known.
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

// askHub takes the hub's own averages. If it knows no age it is asked without, then
// and ever after.
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

// century is beyond what a build can have taken, in seconds.
const century = 100 * 365 * 24 * 60 * 60

// batched makes a call for each name, all of them together. Errors are about those
// that are not in the answer.
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
