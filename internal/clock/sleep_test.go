package clock_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
)

func TestSleep(t *testing.T) {
	for name, tt := range map[string]struct{ sleep, timeout, want time.Duration }{
		"to the end":             {time.Minute, time.Hour, time.Minute},
		"until the context ends": {time.Hour, time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
				defer cancel()
				begin := time.Now()
				clock.Sleep(ctx, tt.sleep)
				if took := time.Since(begin); took != tt.want {
					t.Errorf("slept %s, want %s", took, tt.want)
				}
			})
		})
	}
}

func TestSleepUnlessWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		woken := make(chan struct{})
		time.AfterFunc(time.Minute, func() { close(woken) })
		begin := time.Now()
		clock.SleepUnless(t.Context(), time.Hour, woken)
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("slept %s, want %s", took, time.Minute)
		}
	})
}
