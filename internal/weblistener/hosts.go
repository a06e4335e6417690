package weblistener

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// Hosts lists the host names that requests to a listener may use, in addition to "localhost"
// and IP addresses. Any other name could belong to a foreign page whose owner makes it resolve
// to this listener (DNS rebinding). Browsers would consider them the same site, so the page
// could read answers and make changes.
type Hosts struct {
	// Listen is the listener's address. Its host is allowed, and so is the machine's host
	// name unless the address is loopback.
	Listen string
	Names  []string
	// Key is the configuration key of Names, for errors.
	Key string
}

// Only refuses requests with another Host. It allows all requests to a socket in the file
// system, which browsers cannot reach.
func (o Hosts) Only(at net.Addr, next http.Handler) http.Handler {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return next
	}
	known := append(hostNames{"localhost"}, o.Names...)
	if host, _, err := net.SplitHostPort(o.Listen); err == nil {
		known = append(known, host)
	}
	if own, err := os.Hostname(); err == nil && !tcp.IP.IsLoopback() {
		known = append(known, own)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if known.allow(r.Host) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusMisdirectedRequest)
		_, _ = fmt.Fprintf(w, "%.100q is not a name of this listener\nAsk by IP address, or add the name to %s in kojiwatch's configuration.\n", r.Host, o.Key)
	})
}

type hostNames []string

// allow reports whether a Host header is allowed. An empty header is, since browsers always
// send one.
func (known hostNames) allow(header string) bool {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(header, "["), "]")
	}
	if _, err := netip.ParseAddr(host); err == nil || header == "" {
		return true
	}
	host = strings.TrimSuffix(host, ".")
	return host != "" && slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, host) })
}
