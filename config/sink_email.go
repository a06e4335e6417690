package config

import (
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// SinkEmail is the type of sinks that send mails.
const SinkEmail SinkType = "email"

// StartTLS is whether a connection to a mail server must become one with TLS.
type StartTLS string

// The choices of [StartTLS].
const (
	StartTLSRequired      StartTLS = "required"
	StartTLSOpportunistic StartTLS = "opportunistic"
	StartTLSNever         StartTLS = "never"
)

// EmailSink holds the keys of an email sink.
type EmailSink struct {
	Server       string        `yaml:"server" required:"true" doc:"The mail server to hand mails to, as host or host:port. Without a port it is 587, or 465 with implicit_tls." example:"smtp.example.com:587"`
	StartTLS     StartTLS      `yaml:"starttls" default:"required" enum:"required,opportunistic,never" doc:"Whether the connection must become one with TLS: required sends nothing without, opportunistic uses it where the server offers it, never does without."`
	ImplicitTLS  bool          `yaml:"implicit_tls" default:"false" doc:"The connection begins with TLS, as on port 465."`
	SMTPTLS      TLS           `yaml:"smtp_tls" doc:"TLS towards the mail server. Files are read at the start."`
	SMTPUser     string        `yaml:"smtp_user" doc:"A user to log in as, by PLAIN or LOGIN, over TLS only." example:"kojiwatch"`
	SMTPPassword Secret        `yaml:"smtp_password" doc:"That user's password." example:"${KOJIWATCH_SMTP_PASSWORD}"`
	Hello        string        `yaml:"hello" derived:"the name of the machine" doc:"What kojiwatch calls itself to the server (EHLO)." example:"kojiwatch.example.com"`
	From         string        `yaml:"from" required:"true" doc:"Whom mails come from. The domain is also that of their ids." example:"Koji <koji@example.com>"`
	To           []string      `yaml:"to" required:"true" doc:"Whom they go to." example:"[builders@example.com]"`
	Cc           []string      `yaml:"cc" doc:"Who gets a copy." example:"[archive@example.com]"`
	Subject      string        `yaml:"subject" format:"block" derived:"the instance in brackets and what happened" doc:"The template of the subject, in the language of Go's text/template; docs/sinks.md says more." example:"[koji] {{.summary}}"`
	TemplateFile string        `yaml:"template_file" format:"path" doc:"The file of the template for what a mail says of each event, as plain text. It is read at the start." example:"/etc/kojiwatch/mail.tmpl"`
	Timeout      time.Duration `yaml:"timeout" default:"1m" min:"10ms" max:"10m" doc:"How long it may take to hand over one mail."`
	Batch        int           `yaml:"batch" default:"100" min:"1" max:"1000" doc:"How many events at most one mail is about. It shows eight and counts the rest."`
	Interval     time.Duration `yaml:"interval" default:"1m" min:"0" max:"1h" doc:"How far apart mails are at least. What comes meanwhile goes into the next one."`
}

// ports of mail servers.
const (
	portSubmission  = 587
	portSubmissions = 465
)

// Address is the server as host:port.
func (e *EmailSink) Address() string {
	if _, _, err := net.SplitHostPort(e.Server); err == nil {
		return e.Server
	}
	port := portSubmission
	if e.ImplicitTLS {
		port = portSubmissions
	}
	return net.JoinHostPort(strings.Trim(e.Server, "[]"), strconv.Itoa(port))
}

func (e *EmailSink) check(r *report, key string) {
	at := func(name string) string { return join(key, name) }
	if e.Server != "" && !r.failed(at("server")) && !isHostPort(e.Address()) {
		r.add(at("server"), "is not a mail server; write it like smtp.example.com:587")
	}
	if e.ImplicitTLS && r.given(at("starttls")) {
		r.add(at("starttls"), "is for connections that begin without TLS; take it or implicit_tls away")
	}
	e.checkLogin(r, at)
	if e.From != "" && !r.failed(at("from")) && !isMailAddress(e.From) {
		r.add(at("from"), "%s is not an address; write it like Koji <koji@example.com>", r.show(at("from"), e.From))
	}
	for name, list := range map[string][]string{"to": e.To, "cc": e.Cc} {
		for i, address := range list {
			if one := item(at(name), i); !r.failed(one) && !isMailAddress(address) {
				r.add(one, "%s is not an address; write it like builders@example.com", r.show(one, address))
			}
		}
	}
	if e.Hello != "" && !r.failed(at("hello")) && !isHostPort(net.JoinHostPort(e.Hello, "25")) {
		r.add(at("hello"), "is not the name of a machine")
	}
}

func (e *EmailSink) checkLogin(r *report, at func(string) string) {
	switch {
	case e.SMTPPassword.IsSet() && e.SMTPUser == "":
		r.add(at("smtp_password"), "needs %s", r.name(at("smtp_user")))
	case e.SMTPUser != "" && !e.SMTPPassword.IsSet() && !r.failed(at("smtp_password")) && !r.failed(at("smtp_password"+fileSuffix)):
		r.add(at("smtp_user"), "needs %s", r.name(at("smtp_password")))
	case e.SMTPUser != "" && e.StartTLS == StartTLSNever && !e.ImplicitTLS:
		r.add(at("smtp_user"), "would have the password sent for everybody to read; set starttls: required")
	}
}

// isHostPort tells whether text is a host, by name or number, and a port.
func isHostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	return err == nil && notNumber == nil && n > 0 && host != "" && len(host) <= 253 && !strings.ContainsFunc(host, func(r rune) bool {
		return r != '-' && r != '.' && r != ':' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// isMailAddress tells whether text is one mail address, with or without a name.
// The address itself is ASCII, so that every server takes it.
func isMailAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && !strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
