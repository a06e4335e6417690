package admin

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// hostNames are the names that requests may give the listener besides "localhost"
// and IP addresses. Any other could be that of a page somewhere whose owner has it
// lead to this listener, so that a browser takes the two for one (DNS rebinding): the
// page could then read the answers and ask for a reload.
type hostNames []string

// onlyKnownHosts refuses requests that name another host. A socket in the file system
// is out of a browser's reach.
func onlyKnownHosts(o Options, at net.Addr, next http.Handler) http.Handler {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return next
	}
	known := append(hostNames{"localhost"}, o.Hosts...)
	if host, _, err := net.SplitHostPort(o.Listen); err == nil {
		known = append(known, host)
	}
	if own, err := os.Hostname(); err == nil && !tcp.IP.IsLoopback() {
		known = append(known, own)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !known.allow(r.Host) {
			answer(w, http.StatusMisdirectedRequest, fmt.Sprintf(
				"%.100q is not a name of this listener\nAsk by IP address, or add the name to admin.hosts in kojiwatch's configuration.\n", r.Host))
			return
		}
		next.ServeHTTP(w, r)
	})
}

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
