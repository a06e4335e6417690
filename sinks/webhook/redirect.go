package webhook

import "net/http"

// follow decides about redirects, given how many may be followed. Where a secret may
// be in address, headers and body, there is no going to another host, nor from TLS
// to none; and a request that would not be the same, as after 303, is not what was
// to be sent. What is not followed is the answer.
func follow(most int) func(next *http.Request, via []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		first := via[0]
		switch {
		case len(via) > most,
			next.Method != first.Method,
			next.URL.Hostname() != first.URL.Hostname(),
			next.URL.Scheme != first.URL.Scheme && next.URL.Scheme != "https":
			return http.ErrUseLastResponse
		}
		return nil
	}
}
