package config

import (
	"net/url"
	"time"
)

func (c *Config) checkTop(r *report) {
	if c.StateDir == "" && !r.failed("state_dir") {
		r.add("state_dir", "is missing, and the environment has neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME to derive it from")
	}
}

func checkWebURL(r *report, key, text string) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "":
		r.add(key, "%s is not a web address; write it like https://koji.example.com/koji", r.show(key, text))
	case parsed.User != nil:
		r.add(key, "links in events are for everyone; take user and password out of the address")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		r.add(key, "%s must end with the path; take away what begins with ? or #", r.show(key, text))
	}
}

func (b *Broker) check(r *report) {
	if r.given("broker.urls") && len(b.URLs) == 0 && !r.failed("broker.urls") {
		r.add("broker.urls", "at least one address is needed")
	}
	if b.Heartbeat%time.Second != 0 && !r.failed("broker.heartbeat") {
		r.add("broker.heartbeat", "must be whole seconds, which is how AMQP counts")
	}
	for i, address := range b.URLs {
		if key := item("broker.urls", i); !address.IsSet() && !r.failed(key) {
			r.add(key, "is empty; write it like amqps://user@host:5671/vhost")
		}
	}
	b.checkTLS(r)
	if r.failed("broker.url") || r.failed("broker.urls") || r.failed("broker.auth") {
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
	return item("broker.urls", index)
}

func (b *Broker) checkTLS(r *report) {
	t := &b.TLS
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.add("broker.tls.cert_file", "needs its key; set %s too", r.name("broker.tls.key_file"))
	case t.CertFile == "" && t.KeyFile != "":
		r.add("broker.tls.key_file", "needs its certificate; set %s too", r.name("broker.tls.cert_file"))
	}
	secure := r.failed("broker.url") || r.failed("broker.urls")
	for _, address := range b.Addresses() {
		secure = secure || address.Secure()
	}
	for key, used := range map[string]bool{
		"ca_file": t.CAFile != "", "cert_file": t.CertFile != "", "key_file": t.KeyFile != "",
		"server_name": t.ServerName != "", "insecure_skip_verify": t.InsecureSkipVerify,
	} {
		if used && !secure {
			r.add("broker.tls."+key, "is for TLS, but no address asks for it; write amqps:// for amqp://")
		}
	}
}

// checkExternal reports what EXTERNAL lacks: the broker knows the client by its
// certificate alone.
func (b *Broker) checkExternal(r *report) {
	for i, address := range b.Addresses() {
		if key := b.addressKey(i); !address.Secure() {
			r.add(key, "with EXTERNAL the client certificate logs in, which takes TLS; write amqps:// for amqp://")
		}
	}
	if b.TLS.CertFile == "" && !r.failed("broker.tls") {
		r.add("broker.auth", "with EXTERNAL the client certificate logs in; set %s and %s",
			r.name("broker.tls.cert_file"), r.name("broker.tls.key_file"))
	}
	if b.Username != "" {
		r.add("broker.username", "with EXTERNAL the client certificate says who logs in; take the user away")
	}
	if b.Password.IsSet() {
		r.add(b.passwordKey(), "with EXTERNAL the client certificate logs in; take the password away")
	}
}

// checkPlain reports an address for which there is a user without a password or
// a password without a user.
func (b *Broker) checkPlain(r *report) {
	if r.failed("broker.username") || r.failed("broker.password") || r.failed("broker.password"+fileSuffix) {
		return
	}
	for i, address := range b.Addresses() {
		_, hasPassword := address.RevealPassword()
		hasPassword = hasPassword || b.Password.IsSet()
		hasUser := b.Username != "" || address.Username() != ""
		switch {
		case hasUser && !hasPassword:
			r.add(b.addressKey(i), "there is a user but no password; set %s or %s",
				r.name("broker.password"), r.name("broker.password"+fileSuffix))
			return
		case hasPassword && !hasUser:
			r.add(b.passwordKey(), "there is a password but no user; set %s", r.name("broker.username"))
			return
		}
	}
}

// passwordKey returns the name of the key that gave the password.
func (b *Broker) passwordKey() string {
	if b.Password.File() != "" {
		return "broker.password" + fileSuffix
	}
	return "broker.password"
}
