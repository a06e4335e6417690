package live

import (
	"context"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/hubaverage"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Averages tells the hub's averages of packages without waiting for them: who asks
// for one that is not known yet gets it the next time.
type Averages struct {
	hub   *hubaverage.Averages
	asked chan struct{} // capacity 1: something is wanted

	mu     sync.Mutex
	wanted map[string]struct{}
}

const (
	// averagesAtOnce is how many packages are asked about together.
	averagesAtOnce = 200
	// averagesPause is how long questions are gathered, and the least time between
	// two requests.
	averagesPause = 2 * time.Second
	// averagesWanted bounds what is wanted at a time.
	averagesWanted = 5000
	// averagesRetry is how long a hub that did not answer is left alone.
	averagesRetry = time.Minute
)

// NewAverages returns averages of which none is known yet.
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

// Run asks the hub for what is wanted until ctx ends. Note is told how each request went.
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

// next takes names off what is wanted. Those that get no answer are wanted again when
// somebody asks again.
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
