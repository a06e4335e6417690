package config

import (
	"net"
	"net/netip"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// Admin configures the listener for operators.
type Admin struct {
	Listen string   `yaml:"listen" doc:"Where to listen for HTTP: an address with its port, or unix: and the path of a socket. Serves a page with the status, /api/status, /metrics, /healthz, /readyz and, where allowed, /debug/pprof/. It has no password, so keep it on this machine or in a trusted network. Without this key there is no listener." example:"127.0.0.1:9672"`
	Hosts  []string `yaml:"hosts" doc:"Host names of the listener. Requests with another Host are refused, because a web page could otherwise make its visitors' browsers send them. IP addresses, localhost and the host in listen always work, as does the machine's own host name unless only this machine can reach the listener." example:"[kojiwatch.example.com]"`
	PProf  bool     `yaml:"pprof" doc:"Serve Go's profiles, which expose internals of the program and slow it down while they are taken." derived:"true if only this machine can reach the listener, else false" example:"false"`
}

func (a *Admin) derive(given bool) {
	if !given {
		a.PProf = a.isLocal()
	}
}

// isLocal reports whether only this machine can reach the listener.
func (a *Admin) isLocal() bool {
	if strings.HasPrefix(a.Listen, unixPrefix) {
		return true
	}
	host, _, err := net.SplitHostPort(a.Listen)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func (a *Admin) check(r *schema.Report) {
	checkHosts(r, "admin.hosts", a.Hosts)
	checkListen(r, "admin.listen", a.Listen, "9672", "admin.sock")
}
