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

// Preview returns the mail that Send would send for an event, as text for people, or why
// there is none. It sends nothing. The texts of the event are not escaped for a terminal;
// the caller does that.
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

// String returns a short description.
func (s Security) String() string {
	return [...]string{"STARTTLS", "STARTTLS if it is offered", "without TLS", "TLS"}[s]
}

// Try sends one event now. It returns what Preview returns and the exchange with the
// server, without the password.
func (s *Sink) Try(ctx context.Context, e *event.Event) (said string, err error) {
	t := &transcript{}
	tried := *s
	tried.said = t
	err = tried.Send(ctx, []*event.Event{e})
	return s.Preview(e) + "\n" + t.String(), err
}

// transcript records an SMTP session. It implements the client's logger.
type transcript struct{ text strings.Builder }

// String returns the recorded session.
func (t *transcript) String() string { return t.text.String() }

// Debugf implements log.Logger. The client masks credentials.
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
