package breaker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// TestAnOpenBreakerServesInOrder: those who wait for an open breaker try one at a
// time, in the order in which they came, and all once one has succeeded.
func TestAnOpenBreakerServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1, retry.Backoff{First: time.Second, Last: time.Minute})
		b.End(&Attempt{}, delivery.Outage(errors.New("no route")))
		var mu sync.Mutex
		var order []uint64
		var running sync.WaitGroup
		for key := range uint64(5) {
			running.Go(func() {
				a := &Attempt{Key: key, Fresh: true}
				if !b.Begin(t.Context(), a) {
					t.Error("not begun")
				}
				mu.Lock()
				order = append(order, key)
				mu.Unlock()
				time.Sleep(time.Second)
				if key < 2 {
					b.End(a, errors.New("no route"))
				} else {
					b.End(a, nil)
				}
			})
			synctest.Wait()
		}
		time.Sleep(2 * time.Second) // the first pause is over, and an attempt is made
		if mu.Lock(); len(order) > 2 {
			t.Errorf("%v tried at once", order)
		}
		mu.Unlock()
		running.Wait()
		if !slices.Equal(order[:3], []uint64{0, 1, 2}) || b.IsOpen() || b.Opened() != 1 {
			t.Errorf("order %v, open: %v, opened %d times", order, b.IsOpen(), b.Opened())
		}
	})
}

// TestBeginEndsWithItsContext: whoever stops waiting leaves the queue to the others.
func TestBeginEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(1, retry.Backoff{First: time.Minute, Last: time.Minute})
		b.End(&Attempt{}, errors.New("no route"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if b.Begin(ctx, &Attempt{}) {
			t.Error("begun before the pause was over")
		}
		if !b.Begin(t.Context(), &Attempt{}) {
			t.Error("the next one is not begun")
		}
	})
}
