package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// profiled is how long the daemon is profiled. It must be busy for that long.
const profiled = 12 * time.Second

// profileTo writes a CPU profile of the daemon while it empties a queue, for profile-guided
// optimization.
func (b *bench) profileTo(ctx context.Context, path string) error {
	if err := b.fill(ctx); err != nil {
		return err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	config := b.config() + fmt.Sprintf("admin: {listen: %q}\n", address)
	if err := os.WriteFile(b.configFile, []byte(config), 0o600); err != nil {
		return err
	}
	cmd := b.daemonProcess(ctx, b.messages)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	profile, err := fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", address, int(profiled.Seconds())))
	if werr := cmd.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return fmt.Errorf("profile kojiwatch: %w (was it busy for %s? use more -messages)", err, profiled)
	}
	return os.WriteFile(path, profile, 0o644)
}

// freeAddress returns a loopback address on which no program listens.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// fetch gets a page from a server that may still be starting.
func fetch(ctx context.Context, url string) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return nil, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil && attempt < 100 {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", url, res.Status)
		}
		return body, err
	}
}
