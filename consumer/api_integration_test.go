//go:build integration

package consumer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// api is the broker's management API.
type api struct {
	tb   testing.TB
	base string
}

// newAPI returns the API of the broker that the tests share.
func newAPI(tb testing.TB) *api {
	tb.Helper()
	return &api{tb: tb, base: strings.TrimSuffix(rig.Broker(tb).AdminURL(), "/") + "/api/"}
}

// call sends in, if it is set, and reads into out, if that is.
func (a *api) call(method, path string, in, out any) {
	a.tb.Helper()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			a.tb.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, a.base+path, body)
	if err != nil {
		a.tb.Fatal(err)
	}
	req.Close = true // leave no goroutine behind
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 400 {
		a.tb.Fatalf("%s %s: %s: %s (%v)", method, path, resp.Status, text, err)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			a.tb.Fatal(err)
		}
	}
}

// user makes a user with these permissions, patterns for names, in vhost "/".
func (a *api) user(name, password, configure, write, read string) {
	a.tb.Helper()
	a.password(name, password)
	a.call(http.MethodPut, "permissions/%2F/"+name, map[string]string{"configure": configure, "write": write, "read": read}, nil)
	a.tb.Cleanup(func() { a.call(http.MethodDelete, "users/"+name, nil, nil) })
}

func (a *api) password(name, password string) {
	a.tb.Helper()
	a.call(http.MethodPut, "users/"+name, map[string]string{"password": password, "tags": ""}, nil)
}

// connection is one as the API shows it.
type connection struct {
	Name             string         `json:"name"`
	ClientProperties map[string]any `json:"client_properties"`
}

// connections are those whose clients call themselves so.
func (a *api) connections(clientName string) []connection {
	a.tb.Helper()
	var all, own []connection
	a.call(http.MethodGet, "connections", nil, &all)
	for _, c := range all {
		if c.ClientProperties["connection_name"] == clientName {
			own = append(own, c)
		}
	}
	return own
}

// kill closes all connections of that name, as an operator would.
func (a *api) kill(clientName string) int {
	a.tb.Helper()
	own := a.connections(clientName)
	for _, c := range own {
		a.call(http.MethodDelete, "connections/"+url.PathEscape(c.Name), nil, nil)
	}
	return len(own)
}
