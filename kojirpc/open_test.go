package kojirpc_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// openLab opens a profile that consists of the given lines.
func openLab(t *testing.T, lines string, opts ...kojirpc.OpenOption) (*kojirpc.Client, error) {
	t.Helper()
	home := t.TempDir()
	config := filepath.Join(home, "config")
	if err := os.WriteFile(config, []byte("[lab]\n"+lines), 0o600); err != nil {
		t.Fatal(err)
	}
	where := kojirpc.ProfileFiles(profile.Options{Config: config, Root: home, Home: home})
	c, err := kojirpc.Open(t.Context(), "lab", append(opts, where)...)
	if err == nil {
		t.Cleanup(func() {
			if err := c.Close(t.Context()); err != nil && t.Context().Err() == nil {
				t.Error(err)
			}
		})
	}
	return c, err
}

func TestOpen(t *testing.T) {
	var agent string
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded(), Wrap: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			agent = r.UserAgent()
			next.ServeHTTP(w, r)
		})
	}})
	pair, err := hub.CA.Client("alice")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, err := pair.WriteFile(dir, "alice")
	if err != nil {
		t.Fatal(err)
	}
	ca, err := hub.CA.WriteFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	secure := "server = " + hub.TLSURL + "\nserverca = " + ca + "\n"

	c, err := openLab(t, secure, kojirpc.UserAgent("mytool/1.0"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetLoggedInUser(t.Context()); err == nil {
		t.Error("somebody is logged in")
	}
	if agent != "mytool/1.0" {
		t.Errorf("user agent %q", agent)
	}
	c, err = openLab(t, secure+"cert = "+cert+"\n", kojirpc.LoggedIn())
	if err != nil {
		t.Fatal(err)
	}
	if user, err := c.GetLoggedInUser(t.Context()); err != nil || user.Name != "alice" {
		t.Error(user, err)
	}
	for want, lines := range map[string]string{
		"authtype = noauth":  secure + "authtype = noauth\n",
		"client certificate": secure + "cert = " + cert + "x\nauthtype = ssl\n",
	} {
		_, err := openLab(t, lines, kojirpc.LoggedIn())
		mustFail(t, err, "open hub: ", want)
	}
	_, err = kojirpc.Open(t.Context(), "none", kojirpc.ProfileFiles(profile.Options{Root: dir, Home: dir}))
	mustFail(t, err, "open hub: ", "none")
}
