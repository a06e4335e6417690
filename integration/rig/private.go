package rig

import (
	"context"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

// noServer begins the reason for skipping a test, which happens only if a broker is
// given by its URL and none is installed.
const noServer = "needs a rabbitmq-server of its own on this machine: "

// Private is a broker for a single test, with a vhost.
type Private struct {
	*VHost
	server server
}

// PrivateBroker starts a broker for this test only, which the test may stop, kill and
// start. The broker ends with the test.
func PrivateBroker(t testing.TB, opts ...rabbit.Option) *Private {
	t.Helper()
	if err := rabbit.Installed(); err != nil && given() {
		t.Skip(noServer, err)
	}
	s := the(t)
	server, err := s.launch(t.Context(), opts...)
	if err != nil {
		t.Fatalf("rig: no private broker: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("end of the broker's log:\n%s", server.LogTail(40))
		}
		s.disown(server)
	})
	return &Private{VHost: newVHost(t, private(server)), server: server}
}

// Start starts a stopped or killed broker with the same ports and data, and waits until
// it accepts connections.
func (p *Private) Start(ctx context.Context) error { return p.server.Start(ctx) }

// Stop shuts the broker down cleanly.
func (p *Private) Stop(ctx context.Context) error { return p.server.Stop(ctx) }

// Restart stops and starts the broker.
func (p *Private) Restart(ctx context.Context) error { return p.server.Restart(ctx) }

// Kill kills the broker, as a power failure would.
func (p *Private) Kill() { p.server.Kill() }

// Ctl runs rabbitmqctl and returns its output.
func (p *Private) Ctl(ctx context.Context, args ...string) ([]byte, error) {
	return p.server.Ctl(ctx, args...)
}

// LogTail returns the last n lines of the broker's log.
func (p *Private) LogTail(n int) string { return p.server.LogTail(n) }
