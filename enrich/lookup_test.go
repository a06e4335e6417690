package enrich

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/koji"
)

var errDown = errors.New("no route to the hub")

// TestAskedOnce checks that concurrent lookups with the same need share one call.
func TestAskedOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		l := newLookups(time.Minute, func(context.Context, need) error {
			asked.Add(1)
			time.Sleep(time.Second)
			return nil
		})
		defer l.close()
		for range 100 {
			if q, reason := l.ask(need{what: needTask, id: 1}); q == nil {
				t.Fatal(reason)
			}
		}
		q, _ := l.ask(need{what: needTask, id: 1})
		if !l.wait(t.Context(), []*lookup{q}, time.Now().Add(time.Minute)) || asked.Load() != 1 {
			t.Errorf("asked %d times", asked.Load())
		}
	})
}

// TestFailures checks the reason of a failed lookup, and when it is repeated.
func TestFailures(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		reason string
		again  time.Duration // after which it is looked up again
	}{
		"not found": {fmt.Errorf("task 1: %w", koji.ErrNotFound), ReasonNotFound, notFoundLife + failureLife},
		"a fault":   {fmt.Errorf("task 1: %w", ErrFault), ReasonFault, failureLife},
		"too late":  {context.DeadlineExceeded, ReasonTimeout, longestPause},
		"down":      {errDown, ReasonHubDown, longestPause},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLookups(time.Minute, func(context.Context, need) error { return test.err })
				defer l.close()
				n := need{what: needTask, id: 1}
				q, _ := l.ask(n)
				<-q.done
				if q, reason := l.ask(n); q != nil || reason != test.reason {
					t.Errorf("reason %q, want %q", reason, test.reason)
				}
				time.Sleep(test.again)
				if q, reason := l.ask(n); q == nil {
					t.Errorf("not asked again: %s", reason)
				}
			})
		})
	}
}

// TestDown checks that while the hub does not answer events do not wait for it and lookups
// become rarer, and that the first answer ends this state.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		var well atomic.Bool
		l := newLookups(10*time.Second, func(ctx context.Context, _ need) error {
			asked.Add(1)
			if well.Load() {
				return nil
			}
			<-ctx.Done() // it hangs
			return ctx.Err()
		})
		defer l.close()
		q, _ := l.ask(need{what: needTask, id: 1})
		if l.wait(t.Context(), []*lookup{q}, time.Now().Add(time.Second)) || !l.breaker.IsOpen() {
			t.Fatal("a hub that hangs is not down")
		}
		began := time.Now()
		for i := range int64(10_000) {
			if q, _ := l.ask(need{what: needTask, id: 2 + i}); q != nil {
				l.wait(t.Context(), []*lookup{q}, time.Now().Add(5*time.Second))
			}
			time.Sleep(time.Millisecond)
		}
		if waited := time.Since(began) - 10*time.Second; waited > 0 {
			t.Errorf("events waited for %s", waited)
		}
		if n := asked.Load(); n < 2 || n > 12 {
			t.Errorf("asked %d times in 10 s", n)
		}
		well.Store(true)
		for l.breaker.IsOpen() {
			l.ask(need{what: needTask, id: 99_999})
			time.Sleep(100 * time.Millisecond)
		}
		if d := time.Since(began); d > 10*time.Second+longestPause {
			t.Errorf("it took %s to notice", d)
		}
	})
}

// unavailable is the error of a hub client whose circuit breaker is open.
type unavailable time.Duration

func (e unavailable) Error() string             { return "not tried again" }
func (e unavailable) RetryAfter() time.Duration { return time.Duration(e) }

// TestUnavailable checks that lookups resume as soon as the circuit breaker of the client lets
// calls through, however often it has refused them before.
func TestUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, pause := range []time.Duration{5 * time.Second, 50 * time.Second, 2 * time.Second} {
			began := time.Now()
			l := newLookups(time.Minute, func(context.Context, need) error {
				if left := time.Until(began.Add(pause)); left > 0 {
					return unavailable(left)
				}
				return nil
			})
			for id := int64(1); ; id++ {
				if q, _ := l.ask(need{what: needTask, id: id}); q != nil {
					<-q.done
				}
				if id > 1 && !l.breaker.IsOpen() {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if late := time.Since(began) - pause; late > 200*time.Millisecond {
				t.Errorf("asked %s after the hub was tried again", late)
			}
			l.close()
		}
	})
}

// TestClose checks that close cancels the lookups in progress.
func TestClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	l := newLookups(time.Hour, func(ctx context.Context, _ need) error {
		<-ctx.Done()
		return ctx.Err()
	})
	q, _ := l.ask(need{what: needTask, id: 1})
	l.close()
	<-q.done
	if q, reason := l.ask(need{what: needTask, id: 2}); q != nil || reason != ReasonHubDown {
		t.Errorf("after the end: %q", reason)
	}
}
