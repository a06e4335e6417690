package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net/mail"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// Security says how the connection to the mail server is encrypted.
type Security uint8

// The kinds of [Security].
const (
	StartTLS      Security = iota // require STARTTLS
	Opportunistic                 // use STARTTLS if the server offers it
	Plain                         // no TLS
	Implicit                      // TLS from the start
)

// Options configure a [Sink].
type Options struct {
	// Server is the mail server, host:port.
	Server   string
	Security Security
	// TLS is used unless Security is Plain. The default ServerName is the host of Server.
	TLS *tls.Config
	// User and Password are the credentials, sent over TLS only. Password is called for
	// each login, so that a changed file takes effect. With an empty User the sink does
	// not log in.
	User     string
	Password func() (string, error)
	// Hello is the name sent to the server (EHLO).
	Hello string

	From   mail.Address
	To, Cc []mail.Address
	// Subject renders the subject from the first event, Body the text about each event.
	// nil selects the sink's own template.
	Subject, Body *render.Template
	// UserAgent is the mail's User-Agent.
	UserAgent string

	// Timeout bounds sending one mail, from dialling to the last reply.
	Timeout time.Duration
	// Interval is the minimum time between mails; 0 means no limit.
	Interval time.Duration
	// Observe, if not nil, is called after each session with the final reply code (0 if
	// there was no reply), the number of events and the duration.
	Observe func(code, events int, took time.Duration)
}

// Sink sends mails.
type Sink struct {
	o        Options
	host     string
	pace     *sinks.Pace
	progress progress
	said     *transcript // records the session for Try; otherwise nil
}

// ReasonForm is the reason of a refusal when composing the mail fails.
const ReasonForm = "form"

// Send implements sinks.Sink. It sends one mail about all the events.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	if len(events) == 0 {
		return nil
	}
	m, err := s.compose(events, time.Now())
	if errors.Is(err, render.ErrSlow) {
		return err
	}
	if err != nil {
		return sinks.Refuse(ReasonForm, err)
	}
	if err := s.pace.Wait(ctx); err != nil {
		return err
	}
	began := time.Now()
	err = s.deliver(ctx, m)
	if s.o.Observe != nil {
		s.o.Observe(codeOf(err), len(events), time.Since(began))
	}
	return forEach(events, err)
}

// Pace returns the sink's pace, which a sink that replaces this one follows.
func (s *Sink) Pace() *sinks.Pace { return s.pace }

// Close implements sinks.Sink. There is nothing to close: each mail has a connection of
// its own.
func (s *Sink) Close() error { return nil }
