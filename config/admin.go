package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Admin configures the listener for operators.
type Admin struct {
	Listen string   `yaml:"listen" doc:"Where to listen for HTTP: an address with its port, or unix: and the path of a socket. Serves a page with the status, /api/status, /metrics, /healthz, /readyz and, where allowed, /debug/pprof/. It has no password, so keep it on this machine or in a trusted network. Without this key there is no listener." example:"127.0.0.1:9672"`
	Hosts  []string `yaml:"hosts" doc:"Host names of the listener. Requests with another Host are refused, because a web page could otherwise make its visitors' browsers send them. IP addresses, localhost and the host in listen always work, as does the machine's own host name unless only this machine can reach the listener." example:"[kojiwatch.example.com]"`
	PProf  bool     `yaml:"pprof" doc:"Serve Go's profiles, which show internals of the program and slow it down while they are taken." derived:"true if only this machine can reach the listener, else false" example:"false"`
}

// unixPrefix begins the address of a socket in the file system.
const unixPrefix = "unix:"

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
	for i, host := range a.Hosts {
		key := schema.Item("admin.hosts", i)
		if !r.Failed(key) && (strings.Contains(host, ":") || !values.IsHostPort(net.JoinHostPort(host, "80"))) {
			r.Add(key, "%s is not the name of a machine; write it like kojiwatch.example.com, without a port", r.Show(key, host))
		}
	}
	const key = "admin.listen"
	if a.Listen == "" || r.Failed(key) {
		return
	}
	if path, found := strings.CutPrefix(a.Listen, unixPrefix); found {
		switch {
		case !strings.HasPrefix(path, "/"):
			r.Add(key, "the path of a socket must be absolute, like unix:/run/kojiwatch/admin.sock")
		case len(path) > maxSocket:
			r.Add(key, "the path of a socket can have %d bytes at most", maxSocket)
		}
		return
	}
	host, port, err := net.SplitHostPort(a.Listen)
	_, portErr := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || portErr != nil:
		r.Add(key, "%s is not an address with its port; write it like 127.0.0.1:9672", r.Show(key, a.Listen))
	case host == "":
		r.Add(key, "name the address: 127.0.0.1:%s for this machine only, 0.0.0.0:%s for all that can reach it", port, port)
	}
}

// maxSocket is the length of the longest path of a socket, that of sun_path in
// sockaddr_un without its final zero.
const maxSocket = 107
