package sender

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
)

func TestOutcomes(t *testing.T) {
	s := &Sender{opts: Options{Breaker: Breaker{Patience: 2 * time.Second}}}
	tests := []struct {
		name string
		err  error
		took time.Duration
		want retry.Outcome
	}{
		{"an answer", nil, 0, retry.Success},
		{"a fault", &huberror.Fault{Code: huberror.CodeGenericError}, 0, retry.Success},
		{"offline", &huberror.Fault{Code: huberror.CodeServerOffline}, 0, retry.Failure},
		{"no network", &huberror.NetworkError{Err: errors.New("x")}, 0, retry.Failure},
		{"no answer in time", &huberror.NetworkError{Err: errors.New("no answer within 1ns")}, 0, retry.Failure},
		{"bad gateway", &huberror.HTTPError{Status: 502}, 0, retry.Failure},
		{"no such page", &huberror.HTTPError{Status: 404}, 0, retry.Success},
		{"canceled", context.Canceled, time.Second, retry.Unknown},
		{"canceled late", context.Canceled, 3 * time.Second, retry.Failure},
		{"out of time", context.DeadlineExceeded, 3 * time.Second, retry.Failure},
		{"closed", huberror.ErrClosed, time.Hour, retry.Unknown},
	}
	for _, tt := range tests {
		if got := s.outcomeOf(tt.err, tt.took); got != tt.want {
			t.Errorf("%s: %d", tt.name, got)
		}
	}
}

// TestUntrustedServer checks that a single untrusted certificate opens the circuit breaker.
func TestUntrustedServer(t *testing.T) {
	var down []error
	s, err := New(Options{
		Breaker: Breaker{Failures: 5, First: time.Second, Last: time.Minute},
		Down:    func(_ time.Duration, err error) { down = append(down, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.breaker.Begin(); err != nil {
		t.Fatal(err)
	}
	s.breaker.End(retry.Failure, &tls.CertificateVerificationError{Err: errors.New("unknown authority")})
	if !s.IsDown() || len(down) != 1 {
		t.Errorf("down: %v, %v", s.IsDown(), down)
	}
	if err, ok := errors.AsType[*huberror.UnavailableError](s.Check()); !ok || err.What != "the hub" || s.Refused.Load() != 1 {
		t.Error(err)
	}
}
