package live

import (
	"context"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/hubaverage"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Averages returns the hub's averages of packages without waiting for the hub: an unknown one
// is requested in the background, for a later call.
type Averages struct {
	hub   *hubaverage.Averages
	asked chan struct{} // capacity 1: something is wanted

	mu     sync.Mutex
	wanted map[string]struct{}
}

const (
	// averagesAtOnce is the maximum number of packages in one request.
	averagesAtOnce = 200
	// averagesPause is how long names are collected for a request, and the shortest time
	// between two requests.
	averagesPause = 2 * time.Second
	// averagesWanted is the maximum number of names to ask for.
	averagesWanted = 5000
	// averagesRetry is the pause after the hub did not answer.
	averagesRetry = time.Minute
)

// NewAverages returns averages without any known yet.
func NewAverages(api kojirpc.API) *Averages {
	return &Averages{
		hub: hubaverage.New(api, hubaverage.Options{}), asked: make(chan struct{}, 1), wanted: map[string]struct{}{},
	}
}

// Average implements estimates.Averages.
func (a *Averages) Average(pkg string) time.Duration {
	d, fresh := a.hub.Known(pkg)
	if !fresh {
		a.want(pkg)
	}
	return d
}

func (a *Averages) want(pkg string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.wanted) < averagesWanted {
		a.wanted[pkg] = struct{}{}
	}
	a.wake()
}

func (a *Averages) wake() {
	select {
	case a.asked <- struct{}{}:
	default: // it is going to look anyway
	}
}

// Run requests averages from the hub until ctx ends. It calls note with the result of each
// request.
func (a *Averages) Run(ctx context.Context, note func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.asked:
		}
		clock.Sleep(ctx, averagesPause)
		_, err := a.hub.AverageBuildDurations(ctx, a.next()...)
		if ctx.Err() != nil {
			return
		}
		if note(err); err != nil {
			clock.Sleep(ctx, averagesRetry)
		}
	}
}

// next removes and returns names to ask for. Those that get no answer are added again by the
// next call of Average.
func (a *Averages) next() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := make([]string, 0, min(len(a.wanted), averagesAtOnce))
	for name := range a.wanted {
		if len(names) == averagesAtOnce {
			a.wake()
			break
		}
		names = append(names, name)
		delete(a.wanted, name)
	}
	return names
}
