package config

import (
	"strings"
	"testing"
)

func TestCacheDir(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"systemd": {map[string]string{"CACHE_DIRECTORY": "/var/cache/kojiwatch", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/var/cache/kojiwatch"},
		"xdg":     {map[string]string{"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/kojiwatch"},
		"home":    {map[string]string{"HOME": "/h"}, "/h/.cache/kojiwatch"},
		"nothing": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := FromHubFlags(HubFlags{Profile: "fedora"}, func(name string) (string, bool) { v, ok := test.env[name]; return v, ok })
			if err != nil || c.Cache.Dir != test.want {
				t.Errorf("got %v, %v; want %s", c, err, test.want)
			}
		})
	}
}

// TestWithHub checks that flags replace the hub of a file, but not the keys about how to use
// it.
func TestWithHub(t *testing.T) {
	const text = "broker: {url: amqp://h}\nsinks: [{name: a, type: log}]\n" +
		"hub: {profile: fedora, koji_config: /k.conf, ca_file: /ca.pem, weburl: 'https://f/koji', budget: 1s}\n"
	c, err := Parse("/k.yaml", []byte(text), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		flags HubFlags
		want  Hub
	}{
		"nothing": {HubFlags{}, c.Hub},
		"weburl":  {HubFlags{WebURL: "https://x/koji"}, Hub{Profile: "fedora", KojiConfig: "/k.conf", CAFile: "/ca.pem", WebURL: "https://x/koji"}},
		"server":  {HubFlags{Server: "https://x/kojihub"}, Hub{Server: "https://x/kojihub"}},
		"profile": {HubFlags{Profile: "x"}, Hub{Profile: "x"}},
		"both":    {HubFlags{Profile: "x", KojiConfig: "/y"}, Hub{Profile: "x", KojiConfig: "/y"}},
		"files":   {HubFlags{KojiConfig: "/y"}, Hub{Profile: "fedora", KojiConfig: "/y", CAFile: "/ca.pem", WebURL: "https://f/koji"}},
	} {
		t.Run(name, func(t *testing.T) {
			changed, err := c.WithHub(test.flags)
			if err != nil {
				t.Fatal(err)
			}
			want := test.want
			want.OnFailure, want.Budget, want.Timeout, want.MaxInFlight = c.Hub.OnFailure, c.Hub.Budget, c.Hub.Timeout, c.Hub.MaxInFlight
			if changed.Hub != want {
				t.Errorf("got %+v\nwant %+v", changed.Hub, want)
			}
			if c.Hub.Profile != "fedora" {
				t.Error("the configuration itself has changed")
			}
		})
	}
	for flags, want := range map[HubFlags]string{
		{Server: "x"}: `--hub: "x" is not the address of a hub; write it like https://koji.example.com/kojihub`,
		{Server: "https://x/kojihub", Profile: "x"}:     "--hub: there is a profile, too; give either --profile or --hub",
		{Server: "https://x/kojihub", KojiConfig: "/x"}: "--koji-config: is for a profile, but there is none; set --profile",
	} {
		if _, err := c.WithHub(flags); err == nil || err.Error() != want {
			t.Errorf("%+v: got %v, want %s", flags, err, want)
		}
	}
}

// TestProblem checks that a value that proves wrong later is reported at its position.
func TestProblem(t *testing.T) {
	c, err := Parse("/k.yaml", []byte("broker: {url: amqp://h}\nsinks: [{name: a, type: log}]\nhub: {profile: fedora}\n"), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Problem("hub.profile", "no %s", "100% such").Error(), "/k.yaml:3:16: hub.profile: no 100% such"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := c.Problem("hub.ca_file", "x").Error(), "/k.yaml:3:6: hub.ca_file: x"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	c, err = FromFlags(Flags{Broker: "amqp://localhost", Hub: HubFlags{Profile: "x"}}, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Problem("hub.profile", "none").Error(); !strings.HasPrefix(got, "--profile: none") {
		t.Errorf("got %s", got)
	}
}
