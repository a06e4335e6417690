package rig

import (
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
