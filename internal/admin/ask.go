package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/internal/weblistener"
)

// maxAnswer bounds how many bytes of an answer are read.
const maxAnswer = 1 << 20

// Ask asks the listener at an address, as in [Options].Listen, whether its daemon is alive or,
// if ready is true, whether it is ready. It returns the answer, which is untrusted text, or an
// error if the daemon is not alive or ready, or cannot be reached.
func Ask(ctx context.Context, address string, ready bool) (string, error) {
	path := "/healthz"
	if ready {
		path = "/readyz"
	}
	status, text, err := fetch(ctx, address, path)
	switch {
	case err != nil:
		return "", fmt.Errorf("ask %s: %w", address, err)
	case status != http.StatusOK:
		return "", fmt.Errorf("%s: %s", address, text)
	}
	return text, nil
}

// ErrNoEstimate reports that a daemon has no estimate for a task.
var ErrNoEstimate = errors.New("the daemon has no estimate for this task")

// Estimate asks the listener at an address for the estimate of a task, as JSON.
func Estimate(ctx context.Context, address string, task int64) ([]byte, error) {
	status, text, err := fetch(ctx, address, fmt.Sprintf("/estimate/%d", task))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask %s: %w", address, err)
	case status != http.StatusOK:
		return nil, ErrNoEstimate
	}
	return []byte(text), nil
}

// ErrNoStatus reports that the version of a daemon is too old to have a status.
var ErrNoStatus = errors.New("the daemon has no status; its version is too old")

// Status asks the listener at an address for the status of its daemon. It also returns the
// JSON.
func Status(ctx context.Context, address string) (*status.Status, []byte, error) {
	code, text, err := fetch(ctx, address, "/api/status")
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("ask %s: %w", address, err)
	case code == http.StatusNotFound:
		return nil, nil, fmt.Errorf("%s: %w", address, ErrNoStatus)
	case code != http.StatusOK:
		return nil, nil, fmt.Errorf("%s: %d, %.500s", address, code, text)
	}
	s, err := status.Parse([]byte(text))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", address, err)
	}
	return s, []byte(text), nil
}

// fetch fetches a page of a listener.
func fetch(ctx context.Context, address, path string) (status int, text string, err error) {
	return request(ctx, http.MethodGet, address, path, nil)
}

func request(ctx context.Context, method, address, path string, body io.Reader) (status int, text string, err error) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			network, at := dialable(address)
			return new(net.Dialer).DialContext(ctx, network, at)
		},
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://localhost"+path, body)
	if err != nil {
		return 0, "", err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, strings.TrimSpace(string(answer)), err
}

// dialable returns the address to dial for a listen address: loopback if that is the
// unspecified address.
func dialable(listen string) (network, address string) {
	if path, found := strings.CutPrefix(listen, weblistener.UnixPrefix); found {
		return "unix", path
	}
	host, port, err := net.SplitHostPort(listen)
	at, parseErr := netip.ParseAddr(host)
	switch {
	case err != nil || parseErr != nil || !at.IsUnspecified():
		return "tcp", listen
	case at.Is4():
		return "tcp", net.JoinHostPort("127.0.0.1", port)
	}
	return "tcp", net.JoinHostPort("::1", port)
}
