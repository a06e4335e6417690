package config

import (
	"net"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// unixPrefix is the prefix of the address of a socket in the file system.
const unixPrefix = "unix:"

// maxSocket is the maximum length of the path of a socket: that of sun_path in sockaddr_un
// without the terminating zero.
const maxSocket = 107

// checkHosts reports invalid host names.
func checkHosts(r *schema.Report, key string, hosts []string) {
	for i, host := range hosts {
		key := schema.Item(key, i)
		if !r.Failed(key) && (strings.Contains(host, ":") || !values.IsHostPort(net.JoinHostPort(host, "80"))) {
			r.Add(key, "%s is not the name of a machine; write it like kojiwatch.example.com, without a port", r.Show(key, host))
		}
	}
}

// checkListen reports an invalid address. Port and socket are for examples.
func checkListen(r *schema.Report, key, listen, examplePort, exampleSocket string) {
	if listen == "" || r.Failed(key) {
		return
	}
	if path, found := strings.CutPrefix(listen, unixPrefix); found {
		switch {
		case !strings.HasPrefix(path, "/"):
			r.Add(key, "the path of a socket must be absolute, like unix:/run/kojiwatch/%s", exampleSocket)
		case len(path) > maxSocket:
			r.Add(key, "the path of a socket can have %d bytes at most", maxSocket)
		}
		return
	}
	host, port, err := net.SplitHostPort(listen)
	_, portErr := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || portErr != nil:
		r.Add(key, "%s is not an address with its port; write it like 127.0.0.1:%s", r.Show(key, listen), examplePort)
	case host == "":
		r.Add(key, "name the address: 127.0.0.1:%s for this machine only, 0.0.0.0:%s for all that can reach it", port, port)
	}
}
