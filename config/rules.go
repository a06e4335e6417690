package config

import (
	"net/url"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

func (c *Config) checkTop(r *schema.Report) {
	if c.StateDir == "" && !r.Failed("state_dir") {
		r.Add("state_dir", "is missing, and the environment has neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME to derive it from")
	}
}

func checkWebURL(r *schema.Report, key, text string) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "":
		r.Add(key, "%s is not a web address; write it like https://koji.example.com/koji", r.Show(key, text))
	case parsed.User != nil:
		r.Add(key, "links in events are for everyone; take user and password out of the address")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		r.Add(key, "%s must end with the path; take away what begins with ? or #", r.Show(key, text))
	}
}

func (b *Broker) check(r *schema.Report) {
	if r.Given("broker.urls") && len(b.URLs) == 0 && !r.Failed("broker.urls") {
		r.Add("broker.urls", "at least one address is needed")
	}
	if b.Heartbeat%time.Second != 0 && !r.Failed("broker.heartbeat") {
		r.Add("broker.heartbeat", "must be whole seconds, which is how AMQP counts")
	}
	for i, address := range b.URLs {
		if key := schema.Item("broker.urls", i); !address.IsSet() && !r.Failed(key) {
			r.Add(key, "is empty; write it like amqps://user@host:5671/vhost")
		}
	}
	b.checkTLS(r)
	if r.Failed("broker.url") || r.Failed("broker.urls") || r.Failed("broker.auth") {
		return
	}
	if b.Auth == AuthExternal {
		b.checkExternal(r)
	} else {
		b.checkPlain(r)
	}
}

// addressKey returns the name of the key that holds an address.
func (b *Broker) addressKey(index int) string {
	if b.URL.IsSet() {
		return "broker.url"
	}
	return schema.Item("broker.urls", index)
}

func (b *Broker) checkTLS(r *schema.Report) {
	t := &b.TLS
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.Add("broker.tls.cert_file", "needs its key; set %s too", r.Name("broker.tls.key_file"))
	case t.CertFile == "" && t.KeyFile != "":
		r.Add("broker.tls.key_file", "needs its certificate; set %s too", r.Name("broker.tls.cert_file"))
	}
	secure := r.Failed("broker.url") || r.Failed("broker.urls")
	for _, address := range b.Addresses() {
		secure = secure || address.Secure()
	}
	for key, used := range map[string]bool{
		"ca_file": t.CAFile != "", "cert_file": t.CertFile != "", "key_file": t.KeyFile != "",
		"server_name": t.ServerName != "", "insecure_skip_verify": t.InsecureSkipVerify,
	} {
		if used && !secure {
			r.Add("broker.tls."+key, "is for TLS, but no address asks for it; write amqps:// for amqp://")
		}
	}
}

// checkExternal reports settings that do not fit EXTERNAL, with which the client certificate
// is the only credential.
func (b *Broker) checkExternal(r *schema.Report) {
	for i, address := range b.Addresses() {
		if key := b.addressKey(i); !address.Secure() {
			r.Add(key, "with EXTERNAL the client certificate logs in, which takes TLS; write amqps:// for amqp://")
		}
	}
	if b.TLS.CertFile == "" && !r.Failed("broker.tls") {
		r.Add("broker.auth", "with EXTERNAL the client certificate logs in; set %s and %s",
			r.Name("broker.tls.cert_file"), r.Name("broker.tls.key_file"))
	}
	if b.Username != "" {
		r.Add("broker.username", "with EXTERNAL the client certificate says who logs in; take the user away")
	}
	if b.Password.IsSet() {
		r.Add(b.passwordKey(), "with EXTERNAL the client certificate logs in; take the password away")
	}
}

// checkPlain reports an address with a user but no password, or a password but no user.
func (b *Broker) checkPlain(r *schema.Report) {
	if r.Failed("broker.username") || r.Failed("broker.password") || r.Failed("broker.password"+schema.FileSuffix) {
		return
	}
	for i, address := range b.Addresses() {
		_, hasPassword := address.RevealPassword()
		hasPassword = hasPassword || b.Password.IsSet()
		hasUser := b.Username != "" || address.Username() != ""
		switch {
		case hasUser && !hasPassword:
			r.Add(b.addressKey(i), "there is a user but no password; set %s or %s",
				r.Name("broker.password"), r.Name("broker.password"+schema.FileSuffix))
			return
		case hasPassword && !hasUser:
			r.Add(b.passwordKey(), "there is a password but no user; set %s", r.Name("broker.username"))
			return
		}
	}
}

// passwordKey returns the name of the key that gave the password.
func (b *Broker) passwordKey() string {
	if b.Password.File() != "" {
		return "broker.password" + schema.FileSuffix
	}
	return "broker.password"
}
