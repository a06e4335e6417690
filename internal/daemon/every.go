package daemon

import (
	"context"
	"sync"
	"time"
)

// every calls a function periodically until ctx ends or the returned function is called,
// which waits for a call under way.
func every(ctx context.Context, period time.Duration, call func(now time.Time)) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var ended sync.WaitGroup
	ended.Go(func() {
		t := time.NewTicker(period)
		defer t.Stop()
		for {
			select {
			case now := <-t.C:
				call(now)
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		ended.Wait()
	}
}
