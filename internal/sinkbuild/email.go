package sinkbuild

import (
	"cmp"
	"fmt"
	"net/mail"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/sinks/email"
)

// newEmail builds a sink that sends mails.
func newEmail(s *config.Sink, observe func(code, events int, took time.Duration)) (*email.Sink, error) {
	c := s.Email
	subject, err := c.SubjectTemplate()
	if err != nil {
		return nil, fmt.Errorf("subject: %w", err)
	}
	body, err := templateFile(c.TemplateFile)
	if err != nil {
		return nil, fmt.Errorf("template_file: %w", err)
	}
	security, err := c.SMTPTLS.Client("smtp_tls")
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname() // on error localhost is used
	o := email.Options{
		Server: c.Address(), Security: mailSecurity(c), TLS: security,
		User: c.SMTPUser, Password: c.SMTPPassword.Reveal, Hello: cmp.Or(c.Hello, host, "localhost"),
		Subject: subject, Body: body, UserAgent: "kojiwatch/" + cliutil.Release(),
		Timeout: c.Timeout, Interval: c.Interval, Observe: observe,
	}
	if o.To, err = addresses(c.To); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if o.Cc, err = addresses(c.Cc); err != nil {
		return nil, fmt.Errorf("cc: %w", err)
	}
	from, err := addresses([]string{c.From})
	if err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	o.From = from[0]
	return email.New(o)
}

// addresses parses mail addresses, which the configuration has checked.
func addresses(list []string) ([]mail.Address, error) {
	var all []mail.Address
	for _, text := range list {
		a, err := mail.ParseAddress(text)
		if err != nil {
			return nil, err
		}
		all = append(all, *a)
	}
	return all, nil
}

func mailSecurity(c *email.Config) email.Security {
	if c.ImplicitTLS {
		return email.Implicit
	}
	return map[email.TLSPolicy]email.Security{
		email.TLSRequired: email.StartTLS, email.TLSOpportunistic: email.Opportunistic, email.TLSNever: email.Plain,
	}[c.StartTLS]
}
