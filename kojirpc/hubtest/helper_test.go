package hubtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// client calls a hub, in a session if there is one.
type client struct {
	http    *http.Client
	url     string
	session *hubtest.Session
	callnum int64 // of the next call; -1: none are sent
}

// newClient returns a client without a session, with its own connections.
func newClient(t testing.TB, url string) *client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{http: &http.Client{Transport: transport}, url: url, callnum: -1}
}

// as returns the same client in a session, with call numbers from 0.
func (c *client) as(s hubtest.Session) *client {
	return &client{http: c.http, url: c.url, session: &s}
}

// request returns the HTTP request for a call.
func (c *client) request(ctx context.Context, method string, params ...any) (*http.Request, error) {
	doc, err := xmlrpc.AppendCall(nil, method, params...)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "text/xml")
	if c.session != nil {
		r.Header.Set("Koji-Session-Id", itoa(c.session.ID))
		r.Header.Set("Koji-Session-Key", c.session.Key)
		if c.callnum >= 0 {
			r.Header.Set("Koji-Session-Callnum", itoa(c.callnum))
			c.callnum++
		}
	}
	return r, nil
}

// try makes a call.
func (c *client) try(ctx context.Context, method string, params ...any) (any, error) {
	r, err := c.request(ctx, method, params...)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	doc, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &statusError{resp.StatusCode, string(doc)}
	}
	var v any
	err = xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &v)
	return v, err
}

type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return "status " + strconv.Itoa(e.status) + ": " + e.body }

// ask makes a call that must succeed, and returns the result.
func (c *client) ask(t testing.TB, method string, params ...any) any {
	t.Helper()
	v, err := c.try(t.Context(), method, params...)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return v
}

// fault makes a call that must fail, and returns the fault.
func (c *client) fault(t testing.TB, method string, params ...any) xmlrpc.Fault {
	t.Helper()
	v, err := c.try(t.Context(), method, params...)
	f, ok := errors.AsType[*xmlrpc.Fault](err)
	if !ok {
		t.Fatalf("%s gave %v and %v, want a fault", method, v, err)
	}
	return *f
}

// wantFault makes a call that must fail with this fault.
func (c *client) wantFault(t testing.TB, want xmlrpc.Fault, method string, params ...any) {
	t.Helper()
	if got := c.fault(t, method, params...); got != want {
		t.Errorf("%s: %d %q, want %d %q", method, got.Code, got.String, want.Code, want.String)
	}
}
