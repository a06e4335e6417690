package webhook

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

const masked = "***"

// Preview returns the request that Send would send for an event, as text for people, or why
// there is none. It sends nothing. Secrets, and the path and query of the URL, are shown as
// ***. The texts of the event are not escaped for a terminal; the caller does that.
func (s *Sink) Preview(e *event.Event) string {
	m, err := s.message([]*event.Event{e})
	if err != nil {
		return "no request: " + err.Error()
	}
	r, err := s.request(context.Background(), &m, e.ID)
	if err != nil {
		return "no request: " + err.Error()
	}
	return s.describe(r, m.Body)
}

// describe returns a request as text for people.
func (s *Sink) describe(r *http.Request, body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", hostOnly(r.URL))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, s.shown(name, r.Header))
	}
	b.WriteByte('\n')
	b.Write(body)
	return b.String()
}

// Try sends one event now. It returns the request and the answer, as text for people like
// that of Preview.
func (s *Sink) Try(ctx context.Context, e *event.Event) (said string, err error) {
	m, err := s.message([]*event.Event{e})
	if err != nil {
		return "", sinks.Refuse(ReasonForm, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	r, err := s.request(ctx, &m, e.ID)
	if err != nil {
		return "", err
	}
	said = s.describe(r, m.Body) + "\n\n"
	began := time.Now()
	a, err := s.exchange(r)
	if err != nil {
		return said, err
	}
	said += fmt.Sprintf("answered %d %s in %s\n", a.code, http.StatusText(a.code), time.Since(began).Round(time.Millisecond))
	for _, name := range []string{"Content-Type", "Retry-After"} {
		if value := a.header.Get(name); value != "" {
			said += name + ": " + value + "\n"
		}
	}
	if to, err := url.Parse(a.header.Get("Location")); err == nil && to.Host != "" {
		said += "Location: " + hostOnly(to) + "\n"
	}
	return said + "\n" + string(a.said) + "\n", a.outcome(time.Now())
}

// hostOnly returns a URL with its path and query masked, since they may be secret.
func hostOnly(u *url.URL) string {
	text := u.Scheme + "://" + u.Host
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		text += "/" + masked
	}
	return text
}

// shown returns a header's value. It masks those that the configuration sets, since they
// may be secret.
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
