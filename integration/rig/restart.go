package rig

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

const restartVariable = "KOJIWATCH_TEST_RESTART"

// Restartable is a broker that a test may restart, with a vhost.
type Restartable struct {
	*VHost
	restart func(context.Context) error
}

// RestartableBroker gives the test a broker to restart: a private one, or the
// one that is given by its URL if it is also said how that is restarted.
func RestartableBroker(t testing.TB) *Restartable {
	t.Helper()
	command := os.Getenv(restartVariable)
	if os.Getenv(amqpVariable) == "" || command == "" {
		return PrivateBroker(t).Restartable()
	}
	v := Broker(t)
	return &Restartable{v, func(ctx context.Context) error {
		out, err := exec.CommandContext(ctx, "sh", "-c", command).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %s: %w\n%s", restartVariable, command, err, bytes.TrimSpace(out))
		}
		return nil
	}}
}

// NewVHost gives the test the same broker with another vhost.
func (r *Restartable) NewVHost(t testing.TB) *Restartable {
	t.Helper()
	return &Restartable{r.VHost.NewVHost(t), r.restart}
}

// Restart stops the broker in good order, starts it with the ports and data it
// had, and waits until it takes connections.
func (r *Restartable) Restart(ctx context.Context) error {
	if err := r.restart(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, setUpLimit)
	defer cancel()
	return until(ctx, func() error {
		p, err := replay.Dial(r.URL())
		if err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
		return r.admin.Ping(ctx)
	})
}
