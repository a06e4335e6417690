package kojirpc

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func newBreaker(notices *[]Notice) *breaker {
	o := Options{}
	o.setDefaults()
	return &breaker{opts: o.Breaker, what: "the hub", notify: func(n Notice) { *notices = append(*notices, n) }}
}

// TestBreakerAndCertificates: one server that is not trusted is enough.
func TestBreakerAndCertificates(t *testing.T) {
	var notices []Notice
	b := newBreaker(&notices)
	if err := b.enter(); err != nil {
		t.Fatal(err)
	}
	b.leave(failed, &tls.CertificateVerificationError{Err: errors.New("unknown authority")})
	if !b.isDown() || len(notices) != 1 || notices[0].Kind != NoticeDown {
		t.Errorf("down: %v, %+v", b.isDown(), notices)
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []Notice
		b := newBreaker(&notices)
		cause := errors.New("no route")
		try := func(o outcome) error {
			if err := b.enter(); err != nil {
				return err
			}
			b.leave(o, cause)
			return nil
		}
		must := func(what string, err error, open bool) {
			t.Helper()
			away, ok := errors.AsType[*UnavailableError](err)
			if open != ok || open && (!errors.Is(err, cause) || !away.Until.After(time.Now().Add(-time.Hour))) {
				t.Fatalf("%s: %v", what, err)
			}
		}
		for range 4 {
			must("four failures", try(failed), false)
		}
		must("a success in between", try(well), false)
		for range 5 {
			must("five failures", try(failed), false)
		}
		must("open", try(well), true)
		must("open", b.check(), true)
		if !b.isDown() || len(notices) != 1 || notices[0].Kind != NoticeDown || notices[0].Wait > time.Second {
			t.Fatalf("%+v", notices)
		}

		time.Sleep(time.Second)
		must("half open", b.check(), false)
		if err := b.enter(); err != nil {
			t.Fatal(err)
		}
		must("one tries already", b.enter(), true)
		b.leave(unclear, context.Canceled)
		must("the next may try", try(failed), false)
		must("open again", b.check(), true)
		time.Sleep(2 * time.Second)
		must("it is up", try(well), false)
		must("closed", try(well), false)
		if len(notices) != 3 || notices[2].Kind != NoticeUp || b.isDown() {
			t.Fatalf("%+v", notices)
		}
	})
}

// TestBreakerPauses: the pauses double up to a minute, half of each random.
func TestBreakerPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices []Notice
		b := newBreaker(&notices)
		for range 5 {
			b.leave(failed, errors.New("x"))
		}
		for range 9 {
			time.Sleep(time.Minute)
			if err := b.enter(); err != nil {
				t.Fatal(err)
			}
			b.leave(failed, errors.New("x"))
		}
		ceiling := time.Second
		for _, n := range notices {
			if n.Wait < ceiling/2 || n.Wait > ceiling {
				t.Errorf("paused %s, not %s", n.Wait, ceiling)
			}
			ceiling = min(2*ceiling, time.Minute)
		}
		if len(notices) != 10 {
			t.Errorf("%d pauses", len(notices))
		}
	})
}

func TestLateFailuresSayNothingNew(t *testing.T) {
	var notices []Notice
	b := newBreaker(&notices)
	for range 50 {
		b.leave(failed, errors.New("x"))
	}
	if len(notices) != 1 {
		t.Errorf("%d notices", len(notices))
	}
}

func TestBreakerOff(t *testing.T) {
	var notices []Notice
	b := newBreaker(&notices)
	b.opts.Off = true
	for range 50 {
		if err := b.enter(); err != nil {
			t.Fatal(err)
		}
		b.leave(failed, errors.New("x"))
	}
	if len(notices) != 0 || b.isDown() {
		t.Error(notices)
	}
}

func TestOutcomes(t *testing.T) {
	h, err := newHub(Options{Server: "http://koji.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		err  error
		took time.Duration
		want outcome
	}{
		{"an answer", nil, 0, well},
		{"a fault", newFault(CodeGenericError, ""), 0, well},
		{"offline", newFault(CodeServerOffline, ""), 0, failed},
		{"no network", &NetworkError{Err: errors.New("x")}, 0, failed},
		{"no answer in time", &NetworkError{Err: timeoutError(1)}, 0, failed},
		{"bad gateway", &HTTPError{Status: 502}, 0, failed},
		{"no such page", &HTTPError{Status: 404}, 0, well},
		{"called off", context.Canceled, time.Second, unclear},
		{"called off late", context.Canceled, 3 * time.Second, failed},
		{"out of time", context.DeadlineExceeded, 3 * time.Second, failed},
		{"closed", ErrClosed, time.Hour, unclear},
	}
	for _, tt := range tests {
		if got := h.outcomeOf(tt.err, tt.took); got != tt.want {
			t.Errorf("%s: %d", tt.name, got)
		}
	}
}
