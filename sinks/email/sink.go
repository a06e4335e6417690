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

// Security says how a connection to a mail server is encrypted.
type Security uint8

// The ways.
const (
	StartTLS      Security = iota // it must become one with TLS
	Opportunistic                 // it becomes one where the server offers that
	Plain                         // it does not
	Implicit                      // it begins as one
)

// Options say where to send and how.
type Options struct {
	// Server is the mail server, host:port.
	Server   string
	Security Security
	// TLS is for all but Plain. Without a ServerName that is the host of Server.
	TLS *tls.Config
	// User and Password log in, over TLS only; the password is asked for each
	// time, so that its file is read anew. An empty user does not.
	User     string
	Password func() (string, error)
	// Hello is the name by which kojiwatch introduces itself to the server (EHLO).
	Hello string

	From   mail.Address
	To, Cc []mail.Address
	// Subject and Body make the subject, of the first event, and what is said of
	// each. nil is the sink's own.
	Subject, Body *render.Template
	// UserAgent names the program in the mail.
	UserAgent string

	// Timeout bounds one mail, from dialling to the last answer.
	Timeout time.Duration
	// Interval is the least time between mails; 0 is no bound.
	Interval time.Duration
	// Observe is told of each exchange with the server: the code of the answer
	// that decided (0: there was none), of how many events the mail was, and how
	// long it took. May be nil.
	Observe func(code, events int, took time.Duration)
}

// Sink sends mails.
type Sink struct {
	o        Options
	host     string
	pace     *sinks.Pace
	progress progress
	said     *transcript // of the exchange, for people; nil: none
}

// ReasonForm is the reason of a refusal when no mail can be made of an event.
const ReasonForm = "form"

// Send implements sinks.Sink: one mail is about all the events.
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

// Pace keeps the sink's messages apart. A sink that takes the place of this one
// goes on from it.
func (s *Sink) Pace() *sinks.Pace { return s.pace }

// Close implements sinks.Sink. Between two mails there is no connection.
func (s *Sink) Close() error { return nil }
