package hint_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

func TestSystem(t *testing.T) {
	for name, c := range map[string]struct {
		err  func(t *testing.T) error
		want string
	}{
		"disk full": {func(*testing.T) error { return os.WriteFile("/dev/full", []byte("x"), 0) }, "free space"},
		"no file": {func(t *testing.T) error {
			_, err := os.Open(filepath.Join(t.TempDir(), "none"))
			return err
		}, "correct the path"},
		"a file for a folder": {func(*testing.T) error { return os.Mkdir("/dev/null/folder", 0o700) }, "correct the path"},
		"not allowed":         {func(*testing.T) error { return &os.PathError{Op: "open", Path: "x", Err: syscall.EACCES} }, "ReadWritePaths"},
		"read-only":           {func(*testing.T) error { return &os.PathError{Op: "open", Path: "x", Err: syscall.EROFS} }, "writable"},
		"nobody listens": {func(t *testing.T) error {
			l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = l.Close()
			return dial(t, l.Addr().String())
		}, "start the server"},
		"nobody answers": {func(t *testing.T) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
			defer cancel()
			_, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:9")
			return err
		}, "check that the server responds"},
		"no such host":     {func(*testing.T) error { return &net.DNSError{Err: "no such host", Name: "nowhere", IsNotFound: true} }, "host name"},
		"nothing":          {func(*testing.T) error { return nil }, ""},
		"something else":   {func(*testing.T) error { return errors.New("the sky falls") }, ""},
		"too many files":   {func(*testing.T) error { return syscall.EMFILE }, "LimitNOFILE"},
		"no way there":     {func(*testing.T) error { return syscall.ENETUNREACH }, "the route"},
		"an odd condition": {func(*testing.T) error { return syscall.ELOOP }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.err(t)
			if err != nil {
				err = fmt.Errorf("do something: %w", err)
			}
			if got := hint.Of(err); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("the hint about %v is %q, want %q", err, got, c.want)
			}
		})
	}
}

func dial(t *testing.T, address string) error {
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// TestCertificates connects to real servers with invalid certificates.
func TestCertificates(t *testing.T) {
	ca, err := testca.New("CA")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		names   []string
		options []testca.Option
		known   bool
		want    string
	}{
		"expired":           {[]string{"127.0.0.1"}, []testca.Option{testca.Expired()}, true, "renew the"},
		"another name":      {[]string{"elsewhere.test"}, nil, true, "server_name"},
		"another authority": {[]string{"127.0.0.1"}, nil, false, "ca_file"},
	} {
		t.Run(name, func(t *testing.T) {
			pair, err := ca.Server(c.names, c.options...)
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = &tls.Config{Certificates: []tls.Certificate{pair.TLS}, MinVersion: tls.VersionTLS12}
			server.StartTLS()
			defer server.Close()
			trust := &tls.Config{MinVersion: tls.VersionTLS12}
			if c.known {
				trust.RootCAs = ca.Pool()
			}
			_, err = tls.DialWithDialer(&net.Dialer{Timeout: time.Minute}, "tcp", server.Listener.Addr().String(), trust)
			if got := hint.Of(err); !strings.Contains(got, c.want) {
				t.Errorf("the hint about %v is %q, want %q", err, got, c.want)
			}
		})
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	_, err = tls.Dial("tcp", plain.Listener.Addr().String(), &tls.Config{MinVersion: tls.VersionTLS12})
	if got := hint.Of(err); !strings.Contains(got, "does not speak TLS") {
		t.Errorf("the hint about %v is %q", err, got)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	hint.Log(log.Warn(), syscall.ENOSPC).Msg("a file grows")
	hint.Log(log.Warn(), errors.New("the sky falls")).Msg("help")
	want := `{"level":"warn","error":"no space left on device","remedy":"free space on that disk","message":"a file grows"}
{"level":"warn","error":"the sky falls","message":"help"}
`
	if out.String() != want {
		t.Errorf("the log says\n%s", out.String())
	}
}
