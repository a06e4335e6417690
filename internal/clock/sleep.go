// Package clock has waits that a context can end.
package clock

import (
	"context"
	"time"
)

// Sleep sleeps for d or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) { SleepUnless(ctx, d, nil) }

// SleepUnless sleeps for d or until ctx ends, but no longer than until woken is
// closed or delivers something.
func SleepUnless(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}
