package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/kojiwatch/kojiwatch/sinks"
)

// deliver sends a mail over a new connection.
func (s *Sink) deliver(ctx context.Context, m *message) error {
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return failed("connect", err)
	}
	// Closing the connection ends any read or write when ctx ends.
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	err = s.talk(conn, m)
	if err == nil || sinks.IsRefusal(err) {
		s.progress.end()
	}
	if err != nil && ctx.Err() != nil {
		return &unreachable{"send a mail", ctx.Err()}
	}
	return err
}

func (s *Sink) dial(ctx context.Context) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.o.Server)
	if err != nil {
		return nil, err
	}
	conn = &measured{Conn: conn, left: maxRead}
	if s.o.Security != Implicit {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls())
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// tls returns the TLS configuration with the server's name.
func (s *Sink) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.o.TLS != nil {
		c = s.o.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = s.host
	}
	return c
}

// talk runs the SMTP session for one mail.
func (s *Sink) talk(conn net.Conn, m *message) error {
	c, err := smtp.NewClient(conn, s.host)
	if err != nil {
		return outage("greet", err)
	}
	c.SkipSMTPUTF8(true) // addresses are ASCII
	if s.said != nil {
		c.SetLogger(s.said)
		c.SetDebugLog(true)
	}
	if err := c.Hello(s.o.Hello); err != nil {
		return outage("EHLO", err)
	}
	if err := s.secure(c); err != nil {
		return outage("STARTTLS", err)
	}
	if err := s.login(c); err != nil {
		return outage("log in", err)
	}
	if err := s.transact(c, m); err != nil {
		return err
	}
	_ = c.Quit() // the server has accepted the mail, so its answer does not matter
	return nil
}

// outage returns the error of a step before the mail is sent. Such a failure comes from
// the server or the configuration, so it does not count against the events.
func outage(step string, err error) error {
	err = failed(step, err)
	if reply, ok := errors.AsType[*replyError](err); ok {
		reply.outage = true
		return reply
	}
	return err
}

var (
	errNoStartTLS = errors.New("the server does not offer TLS, and starttls says that it must")
	errNoTLS      = errors.New("the connection has no TLS, so the password is not sent")
	errNoLogin    = errors.New("the server offers neither PLAIN nor LOGIN")
)

// secure starts TLS on the connection if the configuration asks for STARTTLS.
func (s *Sink) secure(c *smtp.Client) error {
	if s.o.Security == Plain || s.o.Security == Implicit {
		return nil
	}
	offered, _ := c.Extension("STARTTLS")
	switch {
	case offered:
		return c.StartTLS(s.tls())
	case s.o.Security == Opportunistic:
		return nil
	}
	return errNoStartTLS
}

func (s *Sink) login(c *smtp.Client) error {
	if s.o.User == "" {
		return nil
	}
	if _, secure := c.TLSConnectionState(); !secure {
		return errNoTLS
	}
	password, err := s.o.Password()
	if err != nil {
		return err
	}
	_, offered := c.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	switch {
	case slices.Contains(ways, "PLAIN"):
		return c.Auth(smtp.PlainAuth("", s.o.User, password, s.host, false))
	case slices.Contains(ways, "LOGIN"):
		return c.Auth(smtp.LoginAuth(s.o.User, password, s.host, false))
	}
	return errNoLogin
}

// transact sends the mail to the recipients that do not have it yet.
func (s *Sink) transact(c *smtp.Client, m *message) error {
	done := s.progress.of(m.id)
	if err := c.Mail(path(s.o.From)); err != nil {
		return failed("MAIL FROM", err)
	}
	var taken []string
	var later error
	for _, to := range slices.Concat(s.o.To, s.o.Cc) {
		if _, known := done[to.Address]; known || slices.Contains(taken, to.Address) {
			continue
		}
		err := recipient(c, to)
		switch {
		case err == nil:
			taken = append(taken, to.Address)
		case sinks.IsRefusal(err):
			done[to.Address] = err
		default:
			later = err
		}
		if lost, ok := errors.AsType[*unreachable](err); ok {
			return lost
		}
	}
	if len(taken) > 0 {
		if err := data(c, m.text); err != nil {
			return err
		}
		for _, address := range taken {
			done[address] = nil
		}
	}
	if later != nil {
		return later
	}
	return s.progress.refusals()
}

// recipient sends RCPT TO. "Too many recipients" is not a refusal, although old servers
// report it with the permanent code 552 (RFC 5321, 4.5.3.1.10).
func recipient(c *smtp.Client, to mail.Address) error {
	err := failedIf("RCPT TO "+to.Address, c.Rcpt(path(to)))
	if reply, ok := errors.AsType[*replyError](err); ok && reply.code == 552 {
		return reply
	}
	return err
}

func data(c *smtp.Client, text []byte) error {
	w, err := c.Data()
	if err != nil {
		return failed("DATA", err)
	}
	if _, err := w.Write(text); err != nil {
		return failed("send the mail", err)
	}
	return failedIf("send the mail", w.Close())
}

func failedIf(step string, err error) error {
	if err == nil {
		return nil
	}
	return failed(step, err)
}

// path returns an address in the form of SMTP, quoted if necessary.
func path(a mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

// maxRead bounds how many bytes are read from a server in one session.
const maxRead = 1 << 20

// measured is a connection that fails after a number of bytes have been read.
type measured struct {
	net.Conn
	left int
}

var errTalkative = fmt.Errorf("the server sent more than %d bytes", maxRead)

// Read implements io.Reader.
func (m *measured) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTalkative
	}
	n, err := m.Conn.Read(p[:min(len(p), m.left)])
	m.left -= n
	return n, err
}
