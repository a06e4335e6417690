package rig

import (
	"context"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

// noServer starts the reason of the only tests that are ever skipped: where a
// broker is given by its URL, and none is installed.
const noServer = "needs a rabbitmq-server of its own on this machine: "

// Private is a broker that one test has to itself, with a vhost.
type Private struct {
	*VHost
	server server
}

// PrivateBroker starts a broker for this test alone, to be stopped, killed and
// started as the test likes. It ends with the test.
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
			t.Logf("the broker's last words:\n%s", server.LogTail(40))
		}
		s.disown(server)
	})
	return &Private{VHost: newVHost(t, private(server)), server: server}
}

// Start starts a broker that was stopped or killed, with the ports and data it
// had, and waits until it takes connections.
func (p *Private) Start(ctx context.Context) error { return p.server.Start(ctx) }

// Stop stops the broker in good order.
func (p *Private) Stop(ctx context.Context) error { return p.server.Stop(ctx) }

// Restart stops and starts the broker.
func (p *Private) Restart(ctx context.Context) error { return p.server.Restart(ctx) }

// Kill ends the broker as a power cut would.
func (p *Private) Kill() { p.server.Kill() }

// Ctl runs rabbitmqctl and gives what it prints.
func (p *Private) Ctl(ctx context.Context, args ...string) ([]byte, error) {
	return p.server.Ctl(ctx, args...)
}

// LogTail is the last n lines of the broker's log.
func (p *Private) LogTail(n int) string { return p.server.LogTail(n) }
