//go:build integration

package email_test

import (
	"encoding/base64"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/smtpd"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// reasonOf returns the reason of a refusal, "" for other errors.
func reasonOf(err error) string {
	reason, _ := delivery.Reason(err)
	return reason
}

// TestAnswers checks that 4xx replies are retried, 5xx replies are refusals, and replies
// about the connection are outages.
func TestAnswers(t *testing.T) {
	w := launch(t, smtpd.Options{})
	everybody := func(answer string) map[string]string { return map[string]string{"a@example.com": answer} }
	for name, tt := range map[string]struct {
		policy smtpd.Policy
		reason string // "": tried again
		outage bool
		code   int
	}{
		"no sender for now":       {smtpd.Policy{Mail: "451 4.3.0 later"}, "", false, 451},
		"no such sender":          {smtpd.Policy{Mail: "553 5.1.8 no"}, "refused", false, 553},
		"a login is needed":       {smtpd.Policy{Mail: "530 5.7.0 log in"}, "", true, 530},
		"it goes away":            {smtpd.Policy{Mail: "421 4.3.2 bye"}, "", true, 421},
		"greylisting":             {smtpd.Policy{Rcpt: everybody("450 4.2.0 greylisted")}, "", false, 450},
		"no such recipient":       {smtpd.Policy{Rcpt: everybody("550 5.1.1 who?\x1b[31m")}, "recipient", false, 550},
		"too many recipients":     {smtpd.Policy{Rcpt: everybody("552 too many")}, "", false, 552},
		"no mail for now":         {smtpd.Policy{Data: "452 4.3.1 full"}, "", false, 452},
		"a mail that it dislikes": {smtpd.Policy{Data: "554 5.7.1 spam"}, "refused", false, 554},
		"all is well":             {smtpd.Policy{}, "", false, 250},
	} {
		t.Run(name, func(t *testing.T) {
			if err := w.SetPolicy(tt.policy); err != nil {
				t.Fatal(err)
			}
			o := w.secure(t)
			code := -1
			o.Observe = func(got, events int, took time.Duration) {
				if code = got; events != 2 || took <= 0 {
					t.Errorf("%d events in %s", events, took)
				}
			}
			err := newSink(t, o).Send(t.Context(), sinktest.Events(0, 2))
			if (err == nil) != (tt.code == 250) || code != tt.code || err != nil && strings.Contains(err.Error(), "\x1b") {
				t.Fatalf("code %d, %v", code, err)
			}
			if _, ok := errors.AsType[*sinks.BatchError](err); ok {
				t.Errorf("no recipient has the mail, so the batch can be split; got %v", err)
			}
			if reasonOf(err) != tt.reason || tt.reason == "" && tt.outage != delivery.IsOutage(err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestRecipients checks that each recipient gets the mail once, whatever happens for the
// others, and that the final error names the recipients that refused it.
func TestRecipients(t *testing.T) {
	w := launch(t, smtpd.Options{})
	o := w.secure(t)
	o.To = []mail.Address{{Address: "a@example.com"}, {Address: "later@example.com"}, {Address: "never@example.com"}}
	o.Cc = []mail.Address{{Address: "c@example.com"}, {Address: "a@example.com"}}
	s := newSink(t, o)
	events := sinktest.Events(0, 1)
	if err := w.SetPolicy(smtpd.Policy{Rcpt: map[string]string{"later@example.com": "450 not now", "never@example.com": "550 never"}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Send(t.Context(), events); err == nil || reasonOf(err) != "" || !strings.Contains(err.Error(), "450 not now") {
			t.Fatalf("got %v", err)
		}
	}
	if err := w.SetPolicy(smtpd.Policy{Rcpt: map[string]string{"never@example.com": "550 never"}}); err != nil {
		t.Fatal(err)
	}
	err := s.Send(t.Context(), events)
	if reasonOf(err) != "recipient" || !strings.Contains(err.Error(), "1 of 4 recipients") || !strings.Contains(err.Error(), "never@example.com") {
		t.Errorf("got %v", err)
	}
	var got [][]string
	for _, m := range mails(t, w.Server) {
		got = append(got, m.To)
	}
	want := [][]string{{"a@example.com", "c@example.com"}, {"later@example.com"}}
	if len(got) != 2 || !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
		t.Errorf("mails went to %v, want %v", got, want)
	}
}

// TestTry checks that Try shows the SMTP exchange without the password.
func TestTry(t *testing.T) {
	w := launch(t, smtpd.Options{User: "kojiwatch", Password: "hunter2", Mechanisms: []string{"LOGIN"}})
	o := w.secure(t)
	o.User, o.Password = "kojiwatch", func() (string, error) { return "hunter2", nil }
	s := newSink(t, o)
	said, err := s.Try(t.Context(), sinktest.Events(0, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"hand to " + w.Addr() + " (STARTTLS)\n", "\nSubject: [test] build 0 closed", "\nkojiwatch: STARTTLS\n",
		"\nkojiwatch: RCPT TO:<a@example.com>\n", "\nserver: 250 OK\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("lacks %q", want)
		}
	}
	for _, secret := range []string{"hunter2", base64.StdEncoding.EncodeToString([]byte("hunter2"))} {
		if strings.Contains(said, secret) {
			t.Error("the password shows")
		}
	}
	if t.Failed() {
		t.Log(said)
	}
	if err := w.SetPolicy(smtpd.Policy{Data: "554 5.7.1 spam"}); err != nil {
		t.Fatal(err)
	}
	if said, err := s.Try(t.Context(), sinktest.Events(1, 1)[0]); reasonOf(err) != "refused" || !strings.Contains(said, "kojiwatch: DATA\n") {
		t.Errorf("%v:\n%s", err, said)
	}
}
