package config

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Board configures the live board.
type Board struct {
	Listen     string        `yaml:"listen" doc:"Where to listen for HTTP: an address with its port, or unix: and the path of a socket. Without this key there is no board." example:"127.0.0.1:9673"`
	Hosts      []string      `yaml:"hosts" doc:"Host names of the board, those that a proxy passes on included. Requests with another Host are refused, because a web page could otherwise make its visitors' browsers send them. IP addresses, localhost and the host in listen always work, as does the machine's own host name unless only this machine can reach the board." example:"[koji.example.com]"`
	BasePath   string        `yaml:"base_path" doc:"The path at which a proxy serves the board, if it is not the root." example:"/board"`
	Username   string        `yaml:"username" doc:"The user name for logging in to the board. Without it and user_header, everybody who can reach the board has access." example:"koji"`
	Password   values.Secret `yaml:"password" doc:"The password. It is sent in the clear unless a proxy with TLS is in front of the board." example:"${BOARD_PASSWORD}"`
	UserHeader string        `yaml:"user_header" doc:"The header in which a proxy names the authenticated user. Requests from a proxy with this header are allowed; others need the password, if there is one." example:"X-Remote-User"`
	Proxies    []string      `yaml:"proxies" doc:"The proxies whose user_header is trusted: IP addresses, or networks in CIDR notation. Any client of a socket (unix:) is trusted, too." example:"[127.0.0.1]"`
}

// Networks returns the addresses of the proxies.
func (b *Board) Networks() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range b.Proxies {
		if p, ok := network(text); ok {
			all = append(all, p)
		}
	}
	return all
}

func network(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	at, err := netip.ParseAddr(text)
	if err != nil || at.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(at, at.BitLen()), true
}

var (
	basePath   = regexp.MustCompile(`^(/[A-Za-z0-9_-][A-Za-z0-9._~-]*)+$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
)

func (b *Board) check(r *schema.Report) {
	checkHosts(r, "board.hosts", b.Hosts)
	checkListen(r, "board.listen", b.Listen, "9673", "board.sock")
	if p := b.BasePath; p != "" && !r.Failed("board.base_path") && !basePath.MatchString(p) {
		r.Add("board.base_path", "%s is not a path; write it like /board", r.Show("board.base_path", p))
	}
	for i, text := range b.Proxies {
		key := schema.Item("board.proxies", i)
		if _, ok := network(text); !ok && !r.Failed(key) {
			r.Add(key, "%s is not an IP address or a network; write it like 127.0.0.1 or 192.0.2.0/24", r.Show(key, text))
		}
	}
	b.checkAccess(r)
}

// checkAccess reports settings with which nobody, or anybody, could log in.
func (b *Board) checkAccess(r *schema.Report) {
	switch {
	case r.Failed("board.username") || r.Failed("board.password") || r.Failed("board.password"+schema.FileSuffix):
	case b.Username != "" && !b.Password.IsSet():
		r.Add("board.username", "there is a user but no password; set %s or %s", r.Name("board.password"), r.Name("board.password"+schema.FileSuffix))
	case b.Username == "" && b.Password.IsSet():
		r.Add(b.passwordKey(), "there is a password but no user; set %s", r.Name("board.username"))
	case strings.Contains(b.Username, ":"):
		r.Add("board.username", "browsers cannot send a user name with a colon; remove it")
	}
	const key = "board.user_header"
	switch {
	case b.UserHeader == "" || r.Failed(key):
	case !headerName.MatchString(b.UserHeader):
		r.Add(key, "%s is not the name of a header; write it like X-Remote-User", r.Show(key, b.UserHeader))
	case len(b.Proxies) == 0 && !strings.HasPrefix(b.Listen, unixPrefix):
		r.Add(key, "anybody can send a header; list the trusted proxies in %s", r.Name("board.proxies"))
	}
}

// passwordKey returns the name of the key that gave the password.
func (b *Board) passwordKey() string {
	if b.Password.File() != "" {
		return "board.password" + schema.FileSuffix
	}
	return "board.password"
}
