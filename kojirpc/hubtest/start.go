package hubtest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
)

// T is the part of *testing.T, *testing.B and *testing.F that Start needs.
type T interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is a hub that listens on two loopback ports.
type Server struct {
	*Hub
	URL    string // with plain HTTP, for a profile's "server"
	TLSURL string // with HTTPS and an optional client certificate
	CA     *testca.CA

	plain, secure *http.Server
	serving       sync.WaitGroup
}

// Start starts a hub for a test and closes it at the end. Without options, the hub has no
// data.
func Start(t T, opts ...Options) *Server {
	t.Helper()
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	s, err := Listen("127.0.0.1:0", "127.0.0.1:0", o)
	if err != nil {
		t.Fatalf("%v", err)
		return nil
	}
	t.Cleanup(s.Close)
	return s
}

// Listen starts a hub that serves plain HTTP on one address and HTTPS on another, such as
// 127.0.0.1:0. CA issues its certificate, which is for localhost, 127.0.0.1 and ::1, and
// must issue those of clients. Close stops the hub.
func Listen(plain, secure string, opts Options) (*Server, error) {
	hub, err := New(opts)
	if err != nil {
		return nil, err
	}
	s := &Server{Hub: hub}
	if err := s.listen(plain, secure); err != nil {
		hub.Close()
		return nil, fmt.Errorf("hub: %w", err)
	}
	return s, nil
}

func (s *Server) listen(plain, secure string) error {
	config, err := s.tlsConfig()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	one, err := lc.Listen(context.Background(), "tcp", plain)
	if err != nil {
		return err
	}
	two, err := lc.Listen(context.Background(), "tcp", secure)
	if err != nil {
		return errors.Join(err, one.Close())
	}
	s.URL = "http://" + one.Addr().String() + Path
	s.TLSURL = "https://" + two.Addr().String() + Path
	s.plain, s.secure = s.server(), s.server()
	s.serving.Go(func() { _ = s.plain.Serve(one) })
	s.serving.Go(func() { _ = s.secure.Serve(tls.NewListener(two, config)) })
	return nil
}

func (s *Server) tlsConfig() (*tls.Config, error) {
	var err error
	if s.CA, err = testca.New("Koji Lab CA"); err != nil {
		return nil, err
	}
	pair, err := s.CA.Server([]string{"localhost", "127.0.0.1", "::1"})
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{pair.TLS},
		ClientCAs:    s.CA.Pool(),
		ClientAuth:   tls.VerifyClientCertIfGiven,
		NextProtos:   []string{"http/1.1"},
	}
	if s.opts.CertPerLocation {
		config.ClientAuth = tls.NoClientCert
	}
	return config, nil
}

// connKey is the context key under which the requests of a connection are counted.
type connKey struct{}

func (s *Server) server() *http.Server {
	var h http.Handler = http.HandlerFunc(s.keepAlive)
	if s.opts.Wrap != nil {
		h = s.opts.Wrap(h)
	}
	return &http.Server{
		Handler:           h,
		IdleTimeout:       s.opts.KeepAlive,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // tests cause failed handshakes on purpose
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			s.count(func(s *Stats) { s.Connections++ })
			return context.WithValue(ctx, connKey{}, new(atomic.Int64))
		},
	}
}

// keepAlive closes a connection after KeepAliveRequests requests, like Apache.
func (s *Server) keepAlive(w http.ResponseWriter, r *http.Request) {
	if n, ok := r.Context().Value(connKey{}).(*atomic.Int64); ok {
		left := int64(s.opts.KeepAliveRequests) - n.Add(1)
		if left > 0 {
			w.Header().Set("Keep-Alive", "timeout="+strconv.Itoa(int(s.opts.KeepAlive.Seconds()))+
				", max="+strconv.FormatInt(left, 10))
		} else {
			w.Header().Set("Connection", "close")
		}
	}
	s.ServeHTTP(w, r)
}

// Close closes the hub and its connections immediately, and waits for the goroutines of
// its listeners.
func (s *Server) Close() {
	s.Hub.Close()
	_ = s.plain.Close()
	_ = s.secure.Close()
	s.serving.Wait()
}
