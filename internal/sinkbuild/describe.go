package sinkbuild

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Destination describes where a sink sends events, without secrets.
func Destination(s *config.Sink) string {
	switch {
	case s.Stdout != nil:
		return "the standard output"
	case s.Log != nil:
		return "kojiwatch's own log"
	case s.File != nil:
		return "the file " + s.File.Path
	case s.Exec != nil && len(s.Exec.Command) > 0:
		return "the program " + s.Exec.Command[0]
	case s.AMQP != nil:
		return "the exchange " + s.AMQP.PublishTo
	case s.Webhook != nil:
		return webAddress(s.Webhook.URL)
	case s.Email != nil:
		return strings.Join(append(append([]string(nil), s.Email.To...), s.Email.Cc...), ", ") + " by " + s.Email.Server
	}
	return ""
}

// webAddress returns the host of a URL, whose path may be a secret.
func webAddress(secret values.Secret) string {
	if secret.File() != "" {
		return "the URL in " + secret.File()
	}
	text, err := secret.Reveal()
	if err != nil {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// FilterRules describes the rules of a sink's filter, one string for each.
func FilterRules(s *config.Sink) []string {
	f := &s.Filter
	var all []string
	for _, list := range []struct {
		key   string
		words []string
	}{
		{"types", f.Types},
		{"states", f.States},
		{"methods", f.Methods},
		{"packages", f.Packages},
		{"owners", f.Owners},
		{"tags", f.Tags},
		{"targets", f.Targets},
	} {
		if len(list.words) > 0 {
			all = append(all, list.key+": "+strings.Join(list.words, ", "))
		}
	}
	for _, is := range []struct {
		key   string
		value *bool
	}{{"top_level", f.TopLevel}, {"scratch", f.Scratch}, {"automatic", f.Automatic}} {
		if is.value != nil {
			all = append(all, is.key+": "+strconv.FormatBool(*is.value))
		}
	}
	if f.When != "" {
		all = append(all, "when: "+strings.Join(strings.Fields(f.When), " "))
	}
	return all
}
