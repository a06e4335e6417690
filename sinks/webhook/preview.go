package webhook

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
)

const masked = "***"

// Preview is the request that an event would cause, as text for people, or why
// there would be none. Nothing is sent; secrets, and of the URL all but the host,
// show as ***. The texts of events are in it as they are, so whoever shows it on
// a terminal makes them visible.
func (s *Sink) Preview(e *event.Event) string {
	m, err := s.message([]*event.Event{e})
	if err != nil {
		return "no request: " + err.Error()
	}
	r, err := s.request(context.Background(), &m, e.ID)
	if err != nil {
		return "no request: " + err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", hostOnly(r.URL))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, s.shown(name, r.Header))
	}
	b.WriteByte('\n')
	b.Write(m.Body)
	return b.String()
}

// hostOnly is a URL without what may be a secret in it.
func hostOnly(u *url.URL) string {
	text := u.Scheme + "://" + u.Host
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		text += "/" + masked
	}
	return text
}

// shown is a header's value: those that the operator set may be secrets.
func (s *Sink) shown(name string, h http.Header) string {
	for own := range s.o.Headers {
		if http.CanonicalHeaderKey(own) == name {
			return masked
		}
	}
	if name == "Authorization" || name == http.CanonicalHeaderKey(HeaderSignature) {
		return masked
	}
	return h.Get(name)
}
