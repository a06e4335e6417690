package consumer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
)

// comeBack is a failure that says when to come back.
type comeBack time.Duration

func (e comeBack) Error() string             { return "busy" }
func (e comeBack) RetryAfter() time.Duration { return time.Duration(e) }

// gone is a failure of the sink as a whole.
type gone struct{}

func (gone) Error() string { return "no route to host" }
func (gone) Outage() bool  { return true }

func numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return list
}

// TestOneAtATimeWhileTheSinkIsDown: while the circuit breaker is open there is one
// attempt at a time, with pauses, and all goes on once one has succeeded.
func TestOneAtATimeWhileTheSinkIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down atomic.Bool
		var attempts, at, most atomic.Int64
		down.Store(true)
		l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error {
			attempts.Add(1)
			most.Store(max(most.Load(), at.Add(1)))
			defer at.Add(-1)
			time.Sleep(time.Second)
			if down.Load() {
				return gone{}
			}
			return nil
		}}, 8, 1)
		l.o.breaker = breaker.New(8, l.o.backoff)
		l.start()
		l.send(numbers(10)...)
		time.Sleep(5 * time.Second)
		before := attempts.Load()
		most.Store(0)
		time.Sleep(time.Hour)
		if n := attempts.Load() - before; most.Load() != 1 || n < 30 || n > 600 {
			t.Errorf("%d attempts in an hour, %d at once", n, most.Load())
		}
		if !l.o.breaker.IsOpen() || l.o.breaker.Opened() != 1 {
			t.Error("the sink is not counted as down once")
		}
		down.Store(false)
		time.Sleep(2 * time.Minute)
		l.soft()
		l.running.Wait()
		if n := l.o.counters.done.Load(); n != 10 || l.o.breaker.IsOpen() {
			t.Errorf("%d of 10 done after the sink came back", n)
		}
		if n := len(l.kept.all()); n > 0 {
			t.Errorf("%d dead letters of an outage", n)
		}
		l.hard()
	})
}

// TestComeBackLater: nobody tries before the time that a failure names.
func TestComeBackLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var early, calls atomic.Int64
		l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error {
			if calls.Add(1) == 1 {
				return comeBack(5 * time.Minute)
			}
			if time.Since(begin) < 5*time.Minute {
				early.Add(1)
			}
			return nil
		}}, 1, 1)
		l.start()
		l.send(numbers(3)...)
		time.Sleep(7 * time.Minute)
		l.soft()
		l.running.Wait()
		if early.Load() > 0 || l.o.counters.done.Load() != 3 {
			t.Errorf("%d too early, %d done", early.Load(), l.o.counters.done.Load())
		}
		l.hard()
	})
}

// TestRetryLimit: what fails as often as it may becomes a dead letter that tells of
// its attempts; what is no fault of its own costs nothing.
func TestRetryLimit(t *testing.T) {
	for name, tt := range map[string]struct {
		limit    RetryLimit
		fail     func(attempt int) error
		attempts int
	}{
		"attempts":         {RetryLimit{Attempts: 4}, func(int) error { return errors.New("500") }, 4},
		"outages are free": {RetryLimit{Attempts: 2}, func(n int) error { return map[bool]error{true: gone{}, false: errors.New("500")}[n < 6] }, 7},
		"age":              {RetryLimit{Age: time.Hour}, func(int) error { time.Sleep(20 * time.Minute); return errors.New("500") }, 4},
		"refused at once":  {RetryLimit{Attempts: 4}, func(int) error { return Dead("gone", errors.New("410")) }, 1},
		"refused on a retry": {RetryLimit{}, func(n int) error {
			return map[bool]error{true: errors.New("500"), false: Dead("gone", errors.New("410"))}[n < 3]
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			for _, workers := range []int{1, 4} {
				synctest.Test(t, func(t *testing.T) {
					attempts := 0
					l := newTestPipeline(&funcHandler{deliver: func(_ context.Context, batch []int) error {
						if batch[0] != 1 {
							return nil
						}
						attempts++
						return tt.fail(attempts)
					}}, workers, 1)
					l.o.limit = tt.limit
					l.start()
					l.send(numbers(4)...)
					time.Sleep(10 * time.Hour)
					l.soft()
					l.running.Wait()
					l.hard()
					letters := l.kept.all()
					if len(letters) != 1 || attempts != tt.attempts || l.o.counters.done.Load() != 3 {
						t.Fatalf("%d letters after %d attempts, %d done", len(letters), attempts, l.o.counters.done.Load())
					}
					letter := letters[0]
					if letter.Attempts != attempts || letter.First.IsZero() || letter.Last.Before(letter.First) || letter.Time.Before(letter.Last) {
						t.Errorf("the letter says %d attempts from %s to %s", letter.Attempts, letter.First, letter.Last)
					}
					if tt.limit != (RetryLimit{}) && letter.Reason == ReasonRetriesSpent && !strings.Contains(letter.Error, "500") {
						t.Errorf("the error is %q", letter.Error)
					}
				})
			}
		})
	}
}

// TestSpentRetriesAreNoSign: a delivery that is given up does not make a sink that
// is down look as if it worked.
func TestSpentRetriesAreNoSign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error { return errors.New("500") }}, 4, 1)
		l.o.limit = RetryLimit{Attempts: 3}
		l.o.breaker = breaker.New(2, l.o.backoff)
		l.start()
		l.send(numbers(8)...)
		time.Sleep(10 * time.Hour)
		l.soft()
		l.running.Wait()
		l.hard()
		if n := len(l.kept.all()); n != 8 || l.o.breaker.Opened() != 1 || !l.o.breaker.IsOpen() {
			t.Errorf("%d of 8 given up, the sink was taken for down %d times", n, l.o.breaker.Opened())
		}
	})
}

// TestRetryNow: what waits for another attempt has it at once when what failed is
// another, be the breaker open or not.
func TestRetryNow(t *testing.T) {
	for name, limit := range map[string]int{"an open breaker": 2, "no breaker": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var works atomic.Bool
				l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error {
					if works.Load() {
						return nil
					}
					return comeBack(5 * time.Minute)
				}}, 4, 1)
				l.o.breaker = breaker.New(limit, l.o.backoff)
				l.start()
				l.send(numbers(8)...)
				time.Sleep(time.Hour)
				works.Store(true)
				l.o.breaker.Reset()
				time.Sleep(time.Millisecond)
				if n := l.o.counters.done.Load(); n != 8 || l.o.breaker.IsOpen() {
					t.Errorf("%d of 8 done right after the reset; down: %v", n, l.o.breaker.IsOpen())
				}
				l.soft()
				l.running.Wait()
				l.hard()
			})
		})
	}
}
