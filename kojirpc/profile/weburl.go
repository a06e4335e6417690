package profile

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// maxURLBytes is the maximum length of a URL for ByWebURL.
const maxURLBytes = 16 << 10

// ByWebURL returns the profile to which a kojiweb or download URL belongs: the one whose
// WebURL or TopURL is a prefix of the URL. It compares host, path segments and a port
// other than the scheme's default, but not the scheme: http and https are the same site.
// If several profiles match, the one with the longest path wins.
//
// The error is [ErrNoMatch] or [ErrAmbiguous], or reports that u is not a web URL, or is
// one of [Set.Profile] if the matching profile contains a mistake.
func (s *Set) ByWebURL(u string) (Profile, error) {
	target, err := parseLocation(u)
	if err != nil {
		return Profile{}, fmt.Errorf("profile for a web URL: %w", err)
	}
	best, unusable := s.covering(target)
	switch len(best) {
	case 1:
		return s.Profile(best[0])
	case 0:
		return Profile{}, fmt.Errorf("profile for %s: %w; %s", quote(target.String()), ErrNoMatch, s.addressed(unusable))
	}
	return Profile{}, fmt.Errorf("profile for %s: %w: %s; name the one to use", quote(target.String()), ErrAmbiguous, list(best, quote))
}

// covering returns the profiles with the longest match, and those whose URLs cannot be
// compared.
func (s *Set) covering(target location) (best, unusable []string) {
	longest := 0
	for _, name := range s.Names() {
		bases, err := s.bases(name)
		if err != nil {
			unusable = append(unusable, name)
		}
		for _, base := range bases {
			switch n := len(base.segments); {
			case !base.covers(target):
			case len(best) == 0 || n > longest:
				best, longest = []string{name}, n
			case n == longest && !slices.Contains(best, name):
				best = append(best, name)
			}
		}
	}
	return best, unusable
}

// bases returns the locations of a profile's WebURL and TopURL. It reads only these
// options, so that a mistake in another option does not matter.
func (s *Set) bases(name string) ([]location, error) {
	v, _ := s.view(name)
	web, errWeb := v.valueOf("weburl", defaultWebURL)
	top, errTop := v.valueOf("topurl", "")
	if top == "" {
		pkg, err := v.valueOf("pkgurl", "")
		top, errTop = topFromPackages(pkg), errors.Join(errTop, err)
	}
	var out []location
	failed := errors.Join(errWeb, errTop)
	for _, u := range []string{web, top} {
		if u == "" {
			continue
		}
		base, err := parseLocation(u)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		out = append(out, base)
	}
	return out, failed
}

// valueOf returns the expanded value of a key, or its default.
func (v *view) valueOf(key, otherwise string) (string, error) {
	if _, ok := v.option(key); !ok {
		return otherwise, nil
	}
	return v.expand(key)
}

// addressed returns a hint for the error of a URL that no profile covers.
func (s *Set) addressed(unusable []string) string {
	names := s.Names()
	if len(names) == 0 {
		return s.Instead()
	}
	out := "name one of " + list(names, quote) + ", or add a profile with that weburl"
	if len(unusable) > 0 {
		out += "; the weburl, topurl or pkgurl cannot be used in " + list(unusable, quote)
	}
	return out
}

// location holds the parts of a URL that are compared.
type location struct {
	host     string // lower case
	port     string // empty for the scheme's default
	segments []string
}

// parseLocation parses an absolute http or https URL. Its errors do not quote the URL,
// which may contain a password.
func parseLocation(raw string) (location, error) {
	if len(raw) > maxURLBytes {
		return location{}, fmt.Errorf("the URL is longer than %d bytes", maxURLBytes)
	}
	u, err := url.Parse(strip(raw))
	if err != nil {
		return location{}, errors.New("the text is not a URL; give one like https://koji.example.com/koji/taskinfo?taskID=1")
	}
	scheme := map[string]string{"http": "80", "https": "443"}
	standard, ok := scheme[u.Scheme]
	if !ok || u.Hostname() == "" {
		return location{}, errors.New("the URL does not start with http:// or https:// and a host")
	}
	l := location{
		host:     strings.TrimSuffix(strings.ToLower(u.Hostname()), "."),
		port:     u.Port(),
		segments: segments(u),
	}
	if l.port == standard {
		l.port = ""
	}
	return l, nil
}

// segments splits a path. It resolves empty and dot segments, so that /koji/../other is
// not below /koji.
func segments(u *url.URL) []string {
	var out []string
	for escaped := range strings.SplitSeq(u.EscapedPath(), "/") {
		segment, err := url.PathUnescape(escaped)
		if err != nil {
			segment = escaped
		}
		switch segment {
		case "", ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, segment)
		}
	}
	return out
}

// covers reports whether target is at or below l.
func (l location) covers(target location) bool {
	return l.host == target.host && l.port == target.port &&
		len(l.segments) <= len(target.segments) &&
		slices.Equal(l.segments, target.segments[:len(l.segments)])
}

// String returns the parts that are compared, without scheme, user, query and fragment.
func (l location) String() string {
	host := l.host
	if l.port != "" {
		host += ":" + l.port
	}
	return strings.Join(append([]string{host}, l.segments...), "/")
}
