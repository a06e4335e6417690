package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// HealthOptions say whom to ask what.
type HealthOptions struct {
	// Address is that of the admin listener, as in the configuration.
	Address string
	// Ready asks whether the daemon can work; else whether it is alive.
	Ready   bool
	Timeout time.Duration
}

// maxHealth bounds what is read of an answer.
const maxHealth = 64 << 10

// Health prints what a daemon says of how it is. An error means that it is not
// well or cannot be asked.
func Health(ctx context.Context, streams cliutil.Streams, o HealthOptions) error {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	path := "/healthz"
	if o.Ready {
		path = "/readyz"
	}
	status, text, err := askAdmin(ctx, o.Address, path)
	if err != nil {
		return fmt.Errorf("ask %s: %w", o.Address, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s: %s", o.Address, text)
	}
	_, err = fmt.Fprintln(streams.Out, text)
	return err
}

// askAdmin gets a page of an admin listener, as text that is safe to be shown.
func askAdmin(ctx context.Context, address, path string) (status int, text string, err error) {
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			network, at := dialable(address)
			return new(net.Dialer).DialContext(ctx, network, at)
		},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxHealth))
	if err != nil {
		return 0, "", err
	}
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	for i := range lines {
		lines[i] = cliutil.Visible(lines[i])
	}
	return resp.StatusCode, strings.Join(lines, "\n"), nil
}

// dialable is where to reach who listens at an address: one that listens on all
// addresses is on loopback, too.
func dialable(listen string) (network, address string) {
	if path, found := strings.CutPrefix(listen, "unix:"); found {
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
