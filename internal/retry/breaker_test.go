package retry

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// notice is a change of a breaker's state.
type notice struct {
	opened bool
	pause  time.Duration
}

func newBreaker(notices *[]notice) *Breaker {
	return &Breaker{
		Failures: 5, Backoff: Backoff{First: time.Second, Last: time.Minute},
		Opened: func(pause time.Duration, _ error) { *notices = append(*notices, notice{true, pause}) },
		Closed: func() { *notices = append(*notices, notice{}) },
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []notice
		b := newBreaker(&notices)
		cause := errors.New("no route")
		try := func(o Outcome) error {
			if err := b.Begin(); err != nil {
				return err
			}
			b.End(o, cause)
			return nil
		}
		must := func(what string, err error, open bool) {
			t.Helper()
			refused, ok := errors.AsType[*OpenError](err)
			if open != ok || open && (!errors.Is(err, cause) || !refused.Until.After(time.Now().Add(-time.Hour))) {
				t.Fatalf("%s: %v", what, err)
			}
		}
		for range 4 {
			must("four failures", try(Failure), false)
		}
		must("a success in between", try(Success), false)
		for range 5 {
			must("five failures", try(Failure), false)
		}
		must("open", try(Success), true)
		must("open", b.Check(), true)
		if !b.IsOpen() || len(notices) != 1 || !notices[0].opened || notices[0].pause > time.Second {
			t.Fatalf("%+v", notices)
		}

		time.Sleep(time.Second)
		must("half open", b.Check(), false)
		if err := b.Begin(); err != nil {
			t.Fatal(err)
		}
		must("one tries already", b.Begin(), true)
		b.End(Unknown, context.Canceled)
		must("the next may try", try(Failure), false)
		must("open again", b.Check(), true)
		time.Sleep(2 * time.Second)
		must("it is up", try(Success), false)
		must("closed", try(Success), false)
		if len(notices) != 3 || notices[2].opened || b.IsOpen() {
			t.Fatalf("%+v", notices)
		}
	})
}

// TestBreakerPauses checks that the pauses double up to a minute, and that half of each is
// random.
func TestBreakerPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []notice
		b := newBreaker(&notices)
		for range 5 {
			b.End(Failure, errors.New("x"))
		}
		for range 9 {
			time.Sleep(time.Minute)
			if err := b.Begin(); err != nil {
				t.Fatal(err)
			}
			b.End(Failure, errors.New("x"))
		}
		ceiling := time.Second
		for _, n := range notices {
			if n.pause < ceiling/2 || n.pause > ceiling {
				t.Errorf("paused %s, not %s", n.pause, ceiling)
			}
			ceiling = min(2*ceiling, time.Minute)
		}
		if len(notices) != 10 {
			t.Errorf("%d pauses", len(notices))
		}
	})
}

func TestLateFailuresAreIgnored(t *testing.T) {
	var notices []notice
	b := newBreaker(&notices)
	for range 50 {
		b.End(Failure, errors.New("x"))
	}
	if len(notices) != 1 {
		t.Errorf("%d notices", len(notices))
	}
}

func TestBreakerOff(t *testing.T) {
	var notices []notice
	b := newBreaker(&notices)
	b.Failures = 0
	for range 50 {
		if err := b.Begin(); err != nil {
			t.Fatal(err)
		}
		b.End(Failure, errors.New("x"))
	}
	if len(notices) != 0 || b.IsOpen() {
		t.Error(notices)
	}
}

// refused is the error of a breaker behind another one.
type refused time.Duration

func (e refused) Error() string             { return "not tried" }
func (e refused) RetryAfter() time.Duration { return time.Duration(e) }

// TestBreakerBeforeAnother checks that refusals of another breaker set the pause and do not
// make the next one longer.
func TestBreakerBeforeAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []notice
		b := newBreaker(&notices)
		b.Failures = 1
		for _, pause := range []time.Duration{40 * time.Second, 3 * time.Second, 90 * time.Second} {
			if err := b.Begin(); err != nil {
				t.Fatal(err)
			}
			b.End(Failure, refused(pause))
			if last := notices[len(notices)-1]; last.pause != pause {
				t.Errorf("paused %s, not %s", last.pause, pause)
			}
			time.Sleep(pause)
		}
		if err := b.Begin(); err != nil {
			t.Fatal(err)
		}
		b.End(Failure, errors.New("x"))
		if last := notices[len(notices)-1]; last.pause > time.Second {
			t.Errorf("the first pause of its own is %s", last.pause)
		}
	})
}
