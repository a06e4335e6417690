package email

import (
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// TLSPolicy says whether to use STARTTLS.
type TLSPolicy string

// The choices of [TLSPolicy].
const (
	TLSRequired      TLSPolicy = "required"
	TLSOpportunistic TLSPolicy = "opportunistic"
	TLSNever         TLSPolicy = "never"
)

// Config holds the keys of an email sink.
type Config struct {
	Server       string        `yaml:"server" required:"true" doc:"The mail server, as host or host:port. The default port is 587, or 465 with implicit_tls." example:"smtp.example.com:587"`
	StartTLS     TLSPolicy     `yaml:"starttls" default:"required" enum:"required,opportunistic,never" doc:"Whether to use TLS after STARTTLS: required sends nothing without it, opportunistic uses it if the server offers it, never does not use it."`
	ImplicitTLS  bool          `yaml:"implicit_tls" default:"false" doc:"Begin the connection with TLS, as on port 465."`
	SMTPTLS      values.TLS    `yaml:"smtp_tls" doc:"TLS for the mail server. Files are read at startup."`
	SMTPUser     string        `yaml:"smtp_user" doc:"The user to log in as, by PLAIN or LOGIN, over TLS only." example:"kojiwatch"`
	SMTPPassword values.Secret `yaml:"smtp_password" doc:"That user's password." example:"${KOJIWATCH_SMTP_PASSWORD}"`
	Hello        string        `yaml:"hello" derived:"the name of the machine" doc:"The name that kojiwatch sends to the server (EHLO)." example:"kojiwatch.example.com"`
	From         string        `yaml:"from" required:"true" doc:"The sender. Message ids have the same domain." example:"Koji <koji@example.com>"`
	To           []string      `yaml:"to" required:"true" doc:"The recipients." example:"[builders@example.com]"`
	Cc           []string      `yaml:"cc" doc:"The recipients of a copy." example:"[archive@example.com]"`
	Subject      string        `yaml:"subject" format:"block" derived:"the instance in brackets and the summary" doc:"The template of the subject, in the language of Go's text/template; see docs/sinks.md." example:"[koji] {{.summary}}"`
	TemplateFile string        `yaml:"template_file" format:"path" doc:"The file of the template for the part of a mail about one event, as plain text. It is read at startup." example:"/etc/kojiwatch/mail.tmpl"`
	Timeout      time.Duration `yaml:"timeout" default:"1m" min:"10ms" max:"10m" doc:"How long sending one mail may take."`
	Batch        int           `yaml:"batch" default:"100" min:"1" max:"1000" doc:"The largest number of events in one mail. It shows eight and counts the rest."`
	Interval     time.Duration `yaml:"interval" default:"1m" min:"0" max:"1h" doc:"The shortest time between mails. Events that arrive meanwhile go into the next one."`
}

// Ports of mail servers.
const (
	portSubmission  = 587
	portSubmissions = 465
)

// Address returns the server as host:port.
func (c *Config) Address() string {
	if _, _, err := net.SplitHostPort(c.Server); err == nil {
		return c.Server
	}
	port := portSubmission
	if c.ImplicitTLS {
		port = portSubmissions
	}
	return net.JoinHostPort(strings.Trim(c.Server, "[]"), strconv.Itoa(port))
}

// SubjectTemplate returns the template of subjects, or nil for the sink's own.
func (c *Config) SubjectTemplate() (*render.Template, error) {
	if c.Subject == "" {
		return nil, nil //nolint:nilnil // nil selects the sink's own template
	}
	return render.Parse("subject", c.Subject)
}

// Check reports keys that contradict each other or have invalid values.
func (c *Config) Check(r *schema.Report, key, _ string) {
	at := func(name string) string { return schema.Join(key, name) }
	if c.Server != "" && !r.Failed(at("server")) && !values.IsHostPort(c.Address()) {
		r.Add(at("server"), "is not a mail server; write it like smtp.example.com:587")
	}
	if c.ImplicitTLS && r.Given(at("starttls")) {
		r.Add(at("starttls"), "is for connections that begin without TLS; take it or implicit_tls away")
	}
	c.checkLogin(r, at)
	if c.From != "" && !r.Failed(at("from")) && !isMailAddress(c.From) {
		r.Add(at("from"), "%s is not an address; write it like Koji <koji@example.com>", r.Show(at("from"), c.From))
	}
	for name, list := range map[string][]string{"to": c.To, "cc": c.Cc} {
		for i, address := range list {
			if one := schema.Item(at(name), i); !r.Failed(one) && !isMailAddress(address) {
				r.Add(one, "%s is not an address; write it like builders@example.com", r.Show(one, address))
			}
		}
	}
	if c.Hello != "" && !r.Failed(at("hello")) && !values.IsHostPort(net.JoinHostPort(c.Hello, "25")) {
		r.Add(at("hello"), "is not the name of a machine")
	}
	if _, err := c.SubjectTemplate(); err != nil && !r.Failed(at("subject")) {
		r.Add(at("subject"), "%v", err)
	}
}

func (c *Config) checkLogin(r *schema.Report, at func(string) string) {
	switch {
	case c.SMTPPassword.IsSet() && c.SMTPUser == "":
		r.Add(at("smtp_password"), "needs %s", r.Name(at("smtp_user")))
	case c.SMTPUser != "" && !c.SMTPPassword.IsSet() && !r.Failed(at("smtp_password")) && !r.Failed(at("smtp_password"+schema.FileSuffix)):
		r.Add(at("smtp_user"), "needs %s", r.Name(at("smtp_password")))
	case c.SMTPUser != "" && c.StartTLS == TLSNever && !c.ImplicitTLS:
		r.Add(at("smtp_user"), "would have the password sent for everybody to read; set starttls: required")
	}
}

// isMailAddress reports whether text is one mail address, with or without a name. The
// address itself must be ASCII, which every server accepts.
func isMailAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && !strings.ContainsFunc(a.Address, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
