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
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

const masked = "***"

// Preview is the request that events would cause, as text for people. Nothing is
// sent; secrets, and of the URL all but the host, show as ***.
func (s *Sink) Preview(ctx context.Context, events []*event.Event) (string, error) {
	m, err := s.o.Form(events)
	if err != nil {
		return "", err
	}
	r, err := s.request(ctx, &m, idOf(events))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s\n", hostOnly(r.URL))
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&b, "%s: %s\n", name, s.shown(name, r.Header))
	}
	b.WriteByte('\n')
	for line := range strings.SplitSeq(strings.TrimSuffix(string(m.Body), "\n"), "\n") {
		b.Write(append(format.AppendVisible(nil, line), '\n'))
	}
	return b.String(), nil
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
	return string(format.AppendVisible(nil, h.Get(name)))
}
