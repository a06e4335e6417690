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

// Hosts says by which names requests may ask a listener, besides "localhost" and IP
// addresses. Any other could be that of a page somewhere whose owner has it lead to this
// listener, so that a browser takes the two for one (DNS rebinding): the page could then
// read the answers, and ask for changes.
type Hosts struct {
	// Listen is the address, whose host is one of the names. Beyond loopback the machine's
	// own name works, too.
	Listen string
	Names  []string
	// Key is that of the names in the configuration.
	Key string
}

// Only refuses requests that name another host. A socket in the file system is out of a
// browser's reach.
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

// allow reports whether a Host header names this listener. No browser leaves it out.
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
