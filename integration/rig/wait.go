package rig

import (
	"testing"
	"time"
)

const poll = 20 * time.Millisecond

// Eventually calls check until it returns nil. If that takes too long, the test fails
// with the last error.
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
