package huberror

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestTemporary tells what goes away by itself from what somebody has to mend.
func TestTemporary(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	alert := &net.OpError{Op: "remote error", Err: errors.New("tls: bad certificate")}
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"nothing":                   {nil, false},
		"connection refused":        {&NetworkError{Host: "hub", Unsent: true, Err: refused}, true},
		"login over a cut network":  {&LoginError{How: "GSSAPI", Err: &NetworkError{Err: errors.New("cut")}}, true},
		"not tried for a while":     {&UnavailableError{What: "the hub", Until: time.Now(), Err: &HTTPError{Status: 503}}, true},
		"bad gateway":               {fmt.Errorf("hub getTask: %w", &HTTPError{Status: 502}), true},
		"too many requests":         {&HTTPError{Status: 429}, true},
		"offline":                   {&Fault{Code: CodeServerOffline}, true},
		"locked":                    {&Fault{Code: CodeLockError}, true},
		"no such page":              {&HTTPError{Status: 404}, false},
		"no such task":              {&Fault{Code: CodeGenericError}, false},
		"refused login":             {&LoginError{How: "GSSAPI", Err: &Fault{Code: CodeAuthError}}, false},
		"certificate not trusted":   {&NetworkError{Err: &tls.CertificateVerificationError{Err: errors.New("unknown authority")}}, false},
		"certificate not taken":     {&NetworkError{Err: alert}, false},
		"no TLS":                    {&NetworkError{Err: tls.RecordHeaderError{Msg: "not TLS"}}, false},
		"closed":                    {ErrClosed, false},
		"unavailable, wrong answer": {&UnavailableError{What: "the login", Err: &Fault{Code: CodeAuthError}}, false},
	} {
		if got := Temporary(tt.err); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
