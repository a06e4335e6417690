package email

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/log"

	"github.com/kojiwatch/kojiwatch/event"
)

// Preview is the mail that an event would cause, as text for people, or why there
// would be none. Nothing is sent. The texts of events are in it as they are, so
// the caller makes them visible for a terminal.
func (s *Sink) Preview(e *event.Event) string {
	m, err := s.compose([]*event.Event{e}, time.Now())
	if err != nil {
		return "no mail: " + err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "hand to %s (%s)\n", s.o.Server, s.o.Security)
	fmt.Fprintf(&b, "MAIL FROM %s\n", path(s.o.From))
	for _, to := range slices.Concat(s.o.To, s.o.Cc) {
		fmt.Fprintf(&b, "RCPT TO %s\n", path(to))
	}
	b.WriteByte('\n')
	b.Write(bytes.ReplaceAll(m.text, []byte("\r\n"), []byte("\n")))
	return b.String()
}

// String says in words what a security is.
func (s Security) String() string {
	return [...]string{"STARTTLS", "STARTTLS if it is offered", "without TLS", "TLS"}[s]
}

// Try sends one event now, and tells what was said to the server and what it
// answered, without the password, as text for people like that of Preview.
func (s *Sink) Try(ctx context.Context, e *event.Event) (said string, err error) {
	t := &transcript{}
	tried := *s
	tried.said = t
	err = tried.Send(ctx, []*event.Event{e})
	return s.Preview(e) + "\n" + t.String(), err
}

// transcript notes an exchange. It implements the logger of the SMTP client.
type transcript struct{ text strings.Builder }

// String returns what was noted.
func (t *transcript) String() string { return t.text.String() }

// Debugf implements log.Logger; the client masks what logs in.
func (t *transcript) Debugf(l log.Log) {
	side := "server"
	if l.Direction == log.DirClientToServer {
		side = "kojiwatch"
	}
	for line := range strings.Lines(fmt.Sprintf(l.Format, l.Messages...)) {
		fmt.Fprintf(&t.text, "%s: %s\n", side, strings.TrimRight(line, "\r\n"))
	}
}

// Infof implements log.Logger.
func (t *transcript) Infof(l log.Log) { t.Debugf(l) }

// Warnf implements log.Logger.
func (t *transcript) Warnf(l log.Log) { t.Debugf(l) }

// Errorf implements log.Logger.
func (t *transcript) Errorf(l log.Log) { t.Debugf(l) }
