// Package clock has sleeps that a context can cancel.
package clock

import (
	"context"
	"time"
)

// Sleep sleeps for d or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) { SleepUnless(ctx, d, nil) }

// SleepUnless sleeps for d, or until ctx ends or woken is closed or can be received from.
func SleepUnless(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-woken:
	case <-timer.C:
	}
}
