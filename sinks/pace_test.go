package sinks_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks"
)

// wait returns how long p.Wait blocks.
func wait(t *testing.T, p *sinks.Pace) time.Duration {
	t.Helper()
	began := time.Now()
	if err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

// TestPace checks that messages sent at once are spaced out, and that the interval
// counts from the last message.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sinks.NewPace(time.Minute)
		began := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { wait(t, p) })
		}
		all.Wait()
		if took := time.Since(began); took != 2*time.Minute {
			t.Errorf("three messages took %s, want 2m", took)
		}
		time.Sleep(20 * time.Second)
		if got := wait(t, p); got != 40*time.Second {
			t.Errorf("waited %s, want 40s", got)
		}
	})
}

// TestPaceBrokenOff checks that a cancelled Wait does not delay later messages.
func TestPaceBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sinks.NewPace(time.Minute)
		wait(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := p.Wait(ctx); err == nil {
					t.Error("Wait did not return an error after its context ended")
				}
			})
		}
		all.Wait()
		if got := wait(t, p); got != 50*time.Second {
			t.Errorf("waited %s, want 50s", got)
		}
	})
}

// TestPaceFollow checks that the new interval counts from the last message sent
// before.
func TestPaceFollow(t *testing.T) {
	for name, test := range map[string]struct{ next, want time.Duration }{
		"same":    {time.Minute, 50 * time.Second},
		"shorter": {20 * time.Second, 10 * time.Second},
		"longer":  {time.Hour, time.Hour - 10*time.Second},
		"none":    {0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before := sinks.NewPace(time.Minute)
				wait(t, before)
				time.Sleep(10 * time.Second)
				next := sinks.NewPace(test.next)
				next.Follow(before)
				if got := wait(t, next); got != test.want {
					t.Errorf("waited %s, want %s", got, test.want)
				}
			})
		})
	}
}
