// Package smtpd runs a private mail server, the Python program aiosmtpd, with TLS and
// logins. Tests control how it answers.
package smtpd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

const (
	readyLimit = time.Minute
)

//go:embed server.py
var program string

// Options configures a server. The zero value has neither TLS nor logins.
type Options struct {
	// Certificate is a file with the certificate and its key. If it is set, the server
	// offers STARTTLS.
	Certificate string `json:"certificate,omitempty"`
	// Implicit makes connections start with TLS.
	Implicit bool `json:"implicit,omitempty"`
	// User and Password, if set, are required to send mail.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	// Mechanisms are the mechanisms to log in: PLAIN, LOGIN.
	Mechanisms []string `json:"mechanisms"`
}

// Policy overrides the server's responses.
type Policy struct {
	Mail string            `json:"mail,omitempty"` // to MAIL FROM
	Rcpt map[string]string `json:"rcpt,omitempty"` // to RCPT TO, by address
	Data string            `json:"data,omitempty"` // to a mail
	// Refuse is a text; mails that contain it are refused permanently.
	Refuse string `json:"refuse,omitempty"`
}

// Mail is a mail that the server has accepted.
type Mail struct {
	From  string
	To    []string
	Text  string // as it came, one character for each byte
	TLS   bool
	User  string
	Hello string
}

// Server is a running mail server. Close ends it.
type Server struct {
	dir   string
	port  int
	child *proc.Child
	out   *proc.Lines
}

// Launch starts a server with its files in dir, which must be empty, and waits until it
// accepts connections.
func Launch(ctx context.Context, dir string, o Options) (*Server, error) {
	options, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	script := filepath.Join(dir, "server.py")
	if err := os.WriteFile(script, []byte(program), 0o600); err != nil {
		return nil, err
	}
	python, err := python(ctx)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, out: &proc.Lines{}}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), python, "-W", "ignore", script, dir, string(options))
	cmd.Stdout, cmd.Stderr = s.out, s.out
	if s.child, err = proc.Start(cmd); err != nil {
		return nil, err
	}
	ready, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	line, err := s.out.WaitFor(ready, s.child.Done(), regexp.MustCompile(`^port \d+$`))
	if err != nil {
		s.child.End(ctx)
		return nil, fmt.Errorf("start the mail server: %w; its output:\n%s", err, s.out)
	}
	s.port, err = strconv.Atoi(strings.TrimPrefix(line, "port "))
	return s, err
}

// python returns a Python that has aiosmtpd. Only Debian's own finds Debian's package.
func python(ctx context.Context) (string, error) {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(ctx, name, "-c", "import aiosmtpd").Run() == nil {
			return name, nil
		}
	}
	return "", errors.New("no Python 3 has aiosmtpd; dev/deps installs it")
}

// Addr returns the server's address, host:port.
func (s *Server) Addr() string { return port.Loopback(s.port) }

// SetPolicy changes the server's responses from the next command on.
func (s *Server) SetPolicy(p Policy) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	// Replace the file atomically, because the server may read it at any time.
	tmp := s.path("policy.new")
	if err := os.WriteFile(tmp, text, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, s.path("policy"))
}

// Fail makes the next n mails fail with a temporary error.
func (s *Server) Fail(n int) error {
	return os.WriteFile(s.path("fail"), []byte(strconv.Itoa(n)), 0o600)
}

// Hold keeps the server from answering mails until release is called.
func (s *Server) Hold() (release func(), err error) {
	if err := os.WriteFile(s.path("hold"), nil, 0o600); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(s.path("hold")) }, nil
}

// Mails returns the mails that the server has accepted so far.
func (s *Server) Mails() ([]Mail, error) {
	text, err := os.ReadFile(s.path("mails"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var all []Mail
	for line := range strings.Lines(string(text)) {
		var m Mail
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return nil, fmt.Errorf("mail %d: %w", len(all)+1, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// Forget deletes the mails that the server has accepted so far.
func (s *Server) Forget() error {
	err := os.Remove(s.path("mails"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Log returns what the server has written.
func (s *Server) Log() string { return s.out.String() }

// Close ends the server.
func (s *Server) Close() { s.child.End(context.Background()) }

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }
