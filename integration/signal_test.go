//go:build integration

package integration

import (
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

func terminate(t *testing.T, d *rig.Process) {
	t.Helper()
	if err := d.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// TestTerminate: what is in hand when the daemon is told to stop is finished,
// what is not begun stays on the broker, and the exit code is 0.
func TestTerminate(t *testing.T) {
	const n = 20_000
	v := rig.Broker(t)
	config := durable(t, v.URL())
	first := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	rig.Eventually(t, patience, func() error { return atLeast(events(t, first), 100) })
	s := stop(t, first)
	written := len(events(t, first))
	if s.Done != uint64(written) {
		t.Errorf("%d events written, %d messages acknowledged", written, s.Done)
	}
	holds(t, v, queue, n-written)
	second := rig.Daemon(t, "run", "--config", config)
	arrived(t, n, first, second)
	if _, again := missing(t, n, events(t, first, second)); again > 0 {
		t.Errorf("%d events came twice although the first daemon ended in order", again)
	}
	ordered(t, events(t, first, second))
	empty(t, v, queue)
	stop(t, second)
}

// TestSecondSignal: a sink that hangs cannot keep the daemon: a second signal
// ends it at once.
func TestSecondSignal(t *testing.T) {
	v := rig.Broker(t)
	d := rig.DaemonWith(t, rig.Command{Args: []string{"run", "--config", configFor(t, v.URL(), "durable: true", "prefetch: 5")}})
	consuming(t, v)
	terminate(t, d)
	time.Sleep(50 * time.Millisecond)
	_ = d.Signal(syscall.SIGTERM) // it may have ended in order by now
	if code := d.WaitExit(t, 5*time.Second); code != 0 && code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d", code)
	}
}
