package consumer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestRetriesAreCounted: each value that is to be tried again counts, and one that
// is refused for good does not.
func TestRetriesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error {
			switch attempts++; attempts {
			case 1:
				return errDown // about all three, then tried in halves
			case 2:
				return &BatchError{Errs: []error{Dead("no", errDown), errDown}}
			}
			return nil
		}}, 1, 3)
		l.o.policy, l.o.keyed = BatchPolicy{Linger: time.Second}, true
		l.start()
		l.sendNumbers(1, 2, 3)
		time.Sleep(time.Hour)
		l.stop()
		if got := l.o.counters.snapshot().Retries; got != 3+1 {
			t.Errorf("%d retries", got)
		}
	})
}
