package rabbit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrNotFound reports that the broker has no such vhost, user, queue or connection.
var ErrNotFound = errors.New("not found")

const (
	adminTimeout = 30 * time.Second
	maxReply     = 64 << 20
)

// Admin is a client of a broker's management API. Its methods are safe for concurrent
// use.
type Admin struct {
	root, user, password string
	client               *http.Client
}

// NewAdmin returns a client for the management API at address, such as
// http://name:password@127.0.0.1:15672.
func NewAdmin(address string) (*Admin, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, errors.New("management API: not an address like http://name:password@host:15672")
	}
	password, _ := u.User.Password()
	a := &Admin{user: u.User.Username(), password: password}
	u.User = nil
	a.root = strings.TrimSuffix(u.String(), "/")
	a.client = &http.Client{Timeout: adminTimeout, Transport: &http.Transport{IdleConnTimeout: adminTimeout}}
	return a, nil
}

// Forget closes idle connections to the broker, before it stops.
func (a *Admin) Forget() { a.client.CloseIdleConnections() }

// Ping checks that the API answers and accepts the user.
func (a *Admin) Ping(ctx context.Context) error {
	return a.Call(ctx, http.MethodGet, nil, nil, "whoami")
}

// Call makes a request. It escapes the segments of the path, sends in as JSON and decodes
// the response into out, unless they are nil.
func (a *Admin) Call(ctx context.Context, method string, in, out any, segments ...string) error {
	req, err := a.request(ctx, method, in, segments...)
	if err != nil {
		return err
	}
	reply, err := a.do(req)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(reply, out); err != nil {
		return fmt.Errorf("management API %s %s: %w", method, req.URL.Path, err)
	}
	return nil
}

func (a *Admin) request(ctx context.Context, method string, in any, segments ...string) (*http.Request, error) {
	path := make([]string, len(segments))
	for i, s := range segments {
		path[i] = url.PathEscape(s)
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("management API: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.root+"/api/"+strings.Join(path, "/"), body)
	if err != nil {
		return nil, fmt.Errorf("management API: %w", err)
	}
	req.SetBasicAuth(a.user, a.password)
	req.Header.Set("Content-Type", "application/json")
	return req, nil
}

func (a *Admin) do(req *http.Request) ([]byte, error) {
	resp, err := a.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("management API: %w", err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(reply))
		if resp.StatusCode == http.StatusNotFound {
			err = ErrNotFound
		}
	}
	if err != nil {
		return nil, fmt.Errorf("management API %s %s: %w", req.Method, req.URL.Path, err)
	}
	return reply, nil
}
