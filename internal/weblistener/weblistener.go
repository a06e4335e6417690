// Package weblistener serves HTTP at a configured address, and refuses requests for other
// host names.
package weblistener

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// Server is a listener that serves until it is closed.
type Server struct {
	http     *http.Server
	listener net.Listener
	ended    chan error
}

// AnswerTime bounds how long reading a request and writing its answer may take. A handler that
// needs more time extends the deadlines of its connection.
const AnswerTime = 30 * time.Second

// UnixPrefix is the prefix of the address of a socket in the file system.
const UnixPrefix = "unix:"

// Serve serves on a listener.
func Serve(listener net.Listener, handler http.Handler) *Server {
	s := &Server{
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       AnswerTime,
			WriteTimeout:      AnswerTime,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    64 << 10,
		},
		listener: listener,
		ended:    make(chan error, 1),
	}
	go func() { s.ended <- s.http.Serve(listener) }()
	return s
}

// Addr returns the address that the server listens on, with the actual port for port 0.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops the server. It waits for requests in progress until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	if end := <-s.ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	if err != nil {
		return fmt.Errorf("close listener %s: %w", s.Addr(), err)
	}
	return nil
}

// Listen listens on host:port, or on unix: and the path of a socket. The error says what
// to do about an address that is taken.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	network := "tcp"
	if path, found := strings.CutPrefix(address, UnixPrefix); found {
		network, address = "unix", path
		removeStale(ctx, path)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, network, address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose another address", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s; choose another address", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	if network == "unix" {
		if err := os.Chmod(address, 0o660); err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", address, err), listener.Close())
		}
	}
	return listener, nil
}

// removeStale removes the socket of a process that crashed. It leaves a socket on which a
// process listens.
func removeStale(ctx context.Context, path string) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err == nil {
		conn.Close()
		return
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		_ = os.Remove(path) // if this fails, so does listening
	}
}
