package apache

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

const (
	portTries  = 3 // nothing reserves a free port, so it can be lost to another process
	readyPoll  = 20 * time.Millisecond
	readyLimit = time.Minute
)

// Server is a running Apache. Close ends it.
type Server struct {
	opts    Options
	install install
	as      *account
	dir     string
	port    int
	cert    *x509.Certificate
	child   *proc.Child
	out     *proc.Lines
}

// Launch starts an Apache with its files in dir, which must be empty, and waits until it
// accepts connections. If the tests run as root, dir gets another owner.
func Launch(ctx context.Context, dir string, opts Options) (*Server, error) {
	s := &Server{opts: opts, dir: filepath.Clean(dir)}
	var err error
	if s.install, err = find(); err != nil {
		return nil, err
	}
	if s.as, err = servant(); err != nil {
		return nil, err
	}
	for range portTries {
		if err = s.start(ctx); !errors.Is(err, errPortTaken) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

var errPortTaken = errors.New("the port was taken by another process")

func (s *Server) start(ctx context.Context) error {
	var err error
	if s.port, err = port.One(); err != nil {
		return err
	}
	if err := s.layOut(); err != nil {
		return err
	}
	s.out = &proc.Lines{}
	// A single process, so that no other can be left behind.
	cmd := s.as.command(s.opts.Env, s.install.program, "-f", s.path("httpd.conf"), "-X")
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "KRB5_CONFIG="+s.path("krb5.conf"), "KRB5RCACHEDIR="+s.dir, "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = s.out, s.out
	if s.child, err = proc.Start(cmd); err != nil {
		return err
	}
	if err := s.awaitReady(ctx); err != nil {
		log := s.Log()
		s.child.End(ctx)
		if strings.Contains(log, "Address already in use") {
			return errPortTaken
		}
		return fmt.Errorf("start Apache: %w; its log:\n%s", err, log)
	}
	return nil
}

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		if s.answers(ctx) {
			return nil
		}
		select {
		case <-time.After(readyPoll):
		case <-s.child.Done():
			return errors.New("it has ended")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// answers reports whether the server, and not another program on its port, accepts
// connections.
func (s *Server) answers(ctx context.Context) bool {
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} // the certificate is compared below
	conn, err := dialer.DialContext(ctx, "tcp", port.Loopback(s.port))
	if err != nil {
		return false
	}
	defer conn.Close()
	secure, ok := conn.(*tls.Conn)
	return ok && secure.ConnectionState().PeerCertificates[0].Equal(s.cert)
}

// URL returns the URL of the hub behind the server.
func (s *Server) URL() string {
	return fmt.Sprintf("https://localhost:%d%s", s.port, hubtest.Path)
}

// Log returns what the server has written.
func (s *Server) Log() string {
	text, _ := os.ReadFile(s.path("error.log")) // before it has written, there is none
	return s.out.String() + string(text)
}

// Close kills the server.
func (s *Server) Close() { s.child.End(context.Background()) }
