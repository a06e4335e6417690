package profile_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

func Example() {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(home) //nolint:errcheck // it is only an example
	text := `
[DEFAULT]
host = koji.example.com

[lab]
server = https://%(host)s/kojihub
weburl = https://%(host)s/koji
timeout = 60
`
	config := filepath.Join(home, "config")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	// The zero Options read what Koji's client reads: /etc/koji.conf, ~/.koji/config and so on.
	set, err := profile.Load(profile.Options{Config: config, Root: home, Home: home})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := set.Profile("lab")
	fmt.Println(p.Server, p.Timeout, err)
	p, err = set.ByWebURL("https://koji.example.com/koji/taskinfo?taskID=7")
	fmt.Println(p.Name, err)
	// Output:
	// https://koji.example.com/kojihub 1m0s <nil>
	// lab <nil>
}
