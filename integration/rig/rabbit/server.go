package rabbit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

const (
	portTries  = 3 // nothing reserves a free port, so it can be lost to another process
	readyPoll  = 100 * time.Millisecond
	readyLimit = 2 * time.Minute // for a busy machine; an idle one takes about five seconds
	stopLimit  = time.Minute
)

// Server is a private rabbitmq-server. Close ends it.
type Server struct {
	*layout
	commands
	admin *Admin
	mu    sync.Mutex // guards epmd and node, and serialises starts and stops
	epmd  *proc.Child
	node  *proc.Child
	ctlMu sync.Mutex // rabbitmqctl listens on one port, so only one runs at a time
}

// Launch starts a private server with its data in dir, which must exist, and waits until
// it accepts connections.
func Launch(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	var err error
	for try := range portTries {
		var s *Server
		s, err = newServer(dir, strconv.Itoa(try), newOptions(opts))
		if err != nil {
			return nil, err
		}
		if err = s.Start(ctx); err == nil {
			return s, nil
		}
		s.Close()
		if !errors.Is(err, errPortTaken) {
			break
		}
	}
	return nil, err
}

var errPortTaken = errors.New("a port was taken by another process")

func newServer(dir, sub string, o options) (*Server, error) {
	l, err := newLayout(dir)
	if err != nil {
		return nil, err
	}
	l.dir = l.path(sub)
	if err := l.write(o); err != nil {
		return nil, err
	}
	admin, err := NewAdmin(l.adminURL())
	if err != nil {
		return nil, err
	}
	s := &Server{layout: l, admin: admin}
	s.commands = s.Ctl
	return s, nil
}

// URL is the address for AMQP 0-9-1 and 1.0 clients, with the name and password
// of an administrator and the vhost /.
func (s *Server) URL() string { return s.url() }

// AdminURL is the root of the management API, with an administrator's name and
// password.
func (s *Server) AdminURL() string { return s.adminURL() }

// Dir is the folder of the server's files.
func (s *Server) Dir() string { return s.dir }

// Admin speaks to the management API.
func (s *Server) Admin() *Admin { return s.admin }

// Start starts a server that was stopped or killed, with its ports and data as
// they were, and waits until it takes connections.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.node != nil && s.node.Running() {
		return errors.New("start rabbitmq-server: already running")
	}
	if err := s.startEpmd(ctx); err != nil {
		return err
	}
	if err := s.startNode(ctx); err != nil {
		return err
	}
	if err := s.waitReady(ctx); err != nil {
		s.node.Kill()
		return fmt.Errorf("start rabbitmq-server: %w:\n%s", err, s.complaint())
	}
	return nil
}

// startEpmd runs Erlang's name server in the foreground. Otherwise the node would start
// one as a daemon and leave it behind.
func (s *Server) startEpmd(ctx context.Context) error {
	if s.epmd != nil && s.epmd.Running() {
		return nil
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), s.epmdPath,
		"-port", strconv.Itoa(s.layout.epmd), "-address", "127.0.0.1")
	cmd.Dir, cmd.Env = s.dir, s.environ()
	epmd, err := proc.Start(cmd)
	if err != nil {
		return err
	}
	s.epmd = epmd
	return nil
}

func (s *Server) startNode(ctx context.Context) error {
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log of rabbitmq-server: %w", err)
	}
	defer func() { _ = log.Close() }() // the server has its own descriptor
	cmd := exec.CommandContext(context.WithoutCancel(ctx), s.serverPath)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.dir, s.environ(), log, log
	node, err := proc.Start(cmd)
	if err != nil {
		return err
	}
	s.node = node
	return nil
}

// waitReady returns once a client can log in over AMQP and over HTTP.
func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		select {
		case <-s.epmd.Done():
			return fmt.Errorf("epmd ended: %w", errPortTaken)
		case <-s.node.Done():
			return s.earlyEnd()
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-tick.C:
		}
		if s.ready(ctx) {
			return nil
		}
	}
}

func (s *Server) earlyEnd() error {
	if strings.Contains(s.LogTail(200), "eaddrinuse") {
		return fmt.Errorf("it ended: %w", errPortTaken)
	}
	return errors.New("it ended")
}

func (s *Server) ready(ctx context.Context) bool { return ready(ctx, s.URL(), s.admin) }

// ready checks that a client can log in to a broker.
func ready(ctx context.Context, url string, admin *Admin) bool {
	conn, err := amqp.DialConfig(url, amqp.Config{Dial: amqp.DefaultDial(5 * time.Second)})
	if err != nil {
		return false
	}
	return conn.Close() == nil && admin.Ping(ctx) == nil
}

// Stop shuts the server down as an operator would, so that it writes everything to disk.
// If the server does not end in time, Stop kills it and returns an error.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.node == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	s.admin.Forget()
	return s.node.Stop(ctx, syscall.SIGTERM)
}

// Kill kills the server, as a crash of its machine would. What is not on disk is lost.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.node != nil {
		s.node.Kill()
	}
	s.admin.Forget()
}

// Restart stops the server and starts it again.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(ctx); err != nil {
		return err
	}
	return s.Start(ctx)
}

// Close kills the server and its epmd. Its files remain.
func (s *Server) Close() {
	s.Kill()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epmd != nil {
		s.epmd.Kill()
	}
}

// complaint returns the first error in the log, because pages of crash reports can follow,
// or the end of the log if there is no error.
func (s *Server) complaint() string {
	lines := s.log()
	for i, line := range lines {
		if strings.Contains(line, "[error]") {
			return strings.Join(lines[i:min(len(lines), i+20)], "\n")
		}
	}
	return s.LogTail(20)
}

// LogTail is the last n lines of the server's log.
func (s *Server) LogTail(n int) string {
	lines := s.log()
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

func (s *Server) log() []string {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return []string{err.Error()}
	}
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n")
}
