package kojirpc

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
)

func TestOutcomes(t *testing.T) {
	h, err := newHub(Options{Server: "http://koji.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		err  error
		took time.Duration
		want retry.Outcome
	}{
		{"an answer", nil, 0, retry.Success},
		{"a fault", &Fault{Code: CodeGenericError}, 0, retry.Success},
		{"offline", &Fault{Code: CodeServerOffline}, 0, retry.Failure},
		{"no network", &NetworkError{Err: errors.New("x")}, 0, retry.Failure},
		{"no answer in time", &NetworkError{Err: timeoutError(1)}, 0, retry.Failure},
		{"bad gateway", &HTTPError{Status: 502}, 0, retry.Failure},
		{"no such page", &HTTPError{Status: 404}, 0, retry.Success},
		{"called off", context.Canceled, time.Second, retry.Unknown},
		{"called off late", context.Canceled, 3 * time.Second, retry.Failure},
		{"out of time", context.DeadlineExceeded, 3 * time.Second, retry.Failure},
		{"closed", ErrClosed, time.Hour, retry.Unknown},
	}
	for _, tt := range tests {
		if got := h.outcomeOf(tt.err, tt.took); got != tt.want {
			t.Errorf("%s: %d", tt.name, got)
		}
	}
}

// TestUntrustedServer: one certificate that is not trusted opens the breaker.
func TestUntrustedServer(t *testing.T) {
	var notices []Notice
	h, err := newHub(Options{Server: "http://koji.example.com", Notify: func(n Notice) { notices = append(notices, n) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.breaker.Begin(); err != nil {
		t.Fatal(err)
	}
	h.breaker.End(retry.Failure, &tls.CertificateVerificationError{Err: errors.New("unknown authority")})
	if !h.breaker.IsOpen() || len(notices) != 1 || notices[0].Kind != NoticeDown {
		t.Errorf("down: %v, %+v", h.breaker.IsOpen(), notices)
	}
	if err, ok := errors.AsType[*UnavailableError](h.check()); !ok || err.What != "the hub" || h.stats.refused.Load() != 1 {
		t.Error(err)
	}
}
