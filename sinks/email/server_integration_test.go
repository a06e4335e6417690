//go:build integration

package email_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/smtpd"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/testca"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/email"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

var _ sinks.Sink = (*email.Sink)(nil)

// world is a mail server and the CA of its certificate.
type world struct {
	*smtpd.Server
	ca *testca.CA
}

// launch starts a server with a certificate.
func launch(t *testing.T, o smtpd.Options) *world {
	t.Helper()
	ca, err := testca.New("mail")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if o.Certificate, err = pair.WriteFile(t.TempDir(), "mail"); err != nil {
		t.Fatal(err)
	}
	return &world{start(t, o), ca}
}

func start(t *testing.T, o smtpd.Options) *smtpd.Server {
	t.Helper()
	s, err := smtpd.Launch(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// options returns the options of a sink for a server. Its mails contain the ids of the
// events.
func options(t *testing.T, s *smtpd.Server) email.Options {
	t.Helper()
	body, err := render.Parse("body", "id: {{.id}}\n{{.summary}}")
	if err != nil {
		t.Fatal(err)
	}
	return email.Options{
		Server: s.Addr(), Hello: "kojiwatch.test", UserAgent: "kojiwatch/test", Timeout: 20 * time.Second, Body: body,
		From: mail.Address{Name: "Koji", Address: "koji@example.com"},
		To:   []mail.Address{{Address: "a@example.com"}},
	}
}

// secure returns options that trust the server's CA.
func (w *world) secure(t *testing.T) email.Options {
	t.Helper()
	o := options(t, w.Server)
	o.TLS = &tls.Config{RootCAs: w.ca.Pool(), MinVersion: tls.VersionTLS12}
	return o
}

func newSink(t *testing.T, o email.Options) *email.Sink {
	t.Helper()
	s, err := email.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var idLine = regexp.MustCompile(`(?m)^id: (\S+)\r?$`)

// arrived returns the ids of the events in the received mails.
func arrived(t *testing.T, s *smtpd.Server) []string {
	t.Helper()
	var ids []string
	for _, m := range mails(t, s) {
		for _, match := range idLine.FindAllStringSubmatch(text(t, m), -1) {
			ids = append(ids, match[1])
		}
	}
	return ids
}

func mails(t *testing.T, s *smtpd.Server) []smtpd.Mail {
	t.Helper()
	all, err := s.Mails()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func text(t *testing.T, m smtpd.Mail) string {
	t.Helper()
	read, err := mail.ReadMessage(bytes.NewReader([]byte(m.Text)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestSuite runs the tests of all sinks, over TLS.
func TestSuite(t *testing.T) {
	w := launch(t, smtpd.Options{})
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check(w.Forget())
		check(w.Fail(0))
		check(w.SetPolicy(smtpd.Policy{}))
		return &sinktest.World{
			Sink:    newSink(t, w.secure(t)),
			Arrived: func() []string { return arrived(t, w.Server) },
			Fail:    func(n int) { check(w.Fail(n)) },
			Refuse:  func(id string) { check(w.SetPolicy(smtpd.Policy{Refuse: id})) },
			Hold: func() func() {
				release, err := w.Hold()
				check(err)
				return release
			},
		}
	})
}

// sent sends one event and returns the received mail.
func sent(t *testing.T, s *smtpd.Server, o email.Options) smtpd.Mail {
	t.Helper()
	if err := newSink(t, o).Send(t.Context(), sinktest.Events(0, 1)); err != nil {
		t.Fatalf("%v; the server's log:\n%s", err, s.Log())
	}
	all := mails(t, s)
	if len(all) == 0 {
		t.Fatal("no mail came")
	}
	m := all[len(all)-1]
	if m.Hello != "kojiwatch.test" || m.From != "koji@example.com" {
		t.Errorf("%+v", m)
	}
	return m
}

// TestSecurity checks each mode of TLS, and that nothing is sent without TLS where it is
// required.
func TestSecurity(t *testing.T) {
	offers, plain := launch(t, smtpd.Options{}), start(t, smtpd.Options{})
	implicit := launch(t, smtpd.Options{Implicit: true})
	opportunistic := offers.secure(t)
	opportunistic.Security = email.Opportunistic
	if !sent(t, offers.Server, opportunistic).TLS {
		t.Error("TLS was offered but not used")
	}
	o := implicit.secure(t)
	o.Security = email.Implicit
	if !sent(t, implicit.Server, o).TLS {
		t.Error("no TLS")
	}
	for name, security := range map[string]email.Security{"never": email.Plain, "opportunistic": email.Opportunistic} {
		o := options(t, plain)
		o.Security = security
		if sent(t, plain, o).TLS {
			t.Errorf("%s: TLS where there is none", name)
		}
	}
	untrusted, other := offers.secure(t), offers.secure(t)
	untrusted.TLS, other.TLS.ServerName = nil, "other.test"
	for name, o := range map[string]email.Options{
		"no TLS where it must be": options(t, plain), "an unknown authority": untrusted, "another name": other,
	} {
		before := len(mails(t, plain)) + len(mails(t, offers.Server))
		wantOutage(t, name, newSink(t, o).Send(t.Context(), sinktest.Events(0, 1)))
		if after := len(mails(t, plain)) + len(mails(t, offers.Server)); after != before {
			t.Errorf("%s: a mail was sent", name)
		}
	}
}

// wantOutage checks that err is an outage, so that it does not count against the event.
func wantOutage(t *testing.T, name string, err error) {
	t.Helper()
	if !delivery.IsOutage(err) || sinks.IsRefusal(err) {
		t.Errorf("%s: got %v", name, err)
	}
}
