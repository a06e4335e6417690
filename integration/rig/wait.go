package rig

import (
	"context"
	"fmt"
	"testing"
	"time"
)

const poll = 20 * time.Millisecond

// Eventually calls check until it gives no error, and ends the test with the
// last one if that takes too long.
func Eventually(t testing.TB, within time.Duration, check func() error) {
	t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(poll) {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not within %v: %v", within, err)
		}
	}
}

// until calls check until it gives no error; the end of ctx is one, with the
// last.
func until(ctx context.Context, check func() error) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}
