//go:build integration

package integration

import (
	"fmt"
	"os"
	"path/filepath"
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

// TestTerminate checks that a daemon that is stopped finishes the messages in progress,
// leaves the others on the broker, and exits with 0.
func TestTerminate(t *testing.T) {
	t.Parallel() // it mostly waits
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
		t.Errorf("%d events came twice although the first daemon stopped cleanly", again)
	}
	ordered(t, events(t, first, second))
	empty(t, v, queue)
	stop(t, second)
}

// hanging starts a daemon whose standard output nobody reads, and waits until the daemon
// hangs in a write.
func hanging(t *testing.T, v *rig.VHost, grace string) *rig.Process {
	t.Helper()
	return hangingWith(t, v, durable(t, v.URL()), grace)
}

func hangingWith(t *testing.T, v *rig.VHost, config, grace string) *rig.Process {
	t.Helper()
	edit(t, config, "shutdown_grace: 10s", "shutdown_grace: "+grace)
	unread, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unread.Close() })
	d := rig.DaemonWith(t, rig.Command{Args: []string{"run", "--config", config}, Stdout: out})
	if err := out.Close(); err != nil { // the daemon has its own descriptor
		t.Fatal(err)
	}
	consuming(t, v)
	publish(t, v, recorded(t, 1_000)) // more than a pipe holds
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), queue)
		if err == nil && stats.Unacked == 0 {
			err = fmt.Errorf("no message is in progress: %+v", stats)
		}
		return err
	})
	return d
}

// TestHangingSink checks that a daemon with a hanging sink ends after its grace period, and
// that the sink's messages return to the queue.
func TestHangingSink(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	d := hanging(t, v, "1s")
	terminate(t, d)
	d.WaitStderr(t, patience, "has not accepted its last events in time")
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), queue)
		if err == nil && (stats.Unacked != 0 || stats.Ready == 0) {
			err = fmt.Errorf("%+v", stats)
		}
		return err
	})
}

// TestHangupInGrace checks that a SIGHUP does not kill a daemon that is stopping.
func TestHangupInGrace(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	d := hanging(t, v, "1s")
	terminate(t, d)
	time.Sleep(200 * time.Millisecond)
	hangUp(t, d)
	d.WaitStderr(t, patience, "has not accepted its last events in time")
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestHangupAtStart checks that a daemon which gets a SIGHUP while it starts, here while it
// reads its configuration from a pipe, reloads when it has started.
func TestHangupAtStart(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	text, err := os.ReadFile(durable(t, v.URL()))
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	d := rig.Daemon(t, "run", "--config", pipe)
	give := func(meanwhile func()) {
		var w *os.File
		rig.Eventually(t, patience, func() (err error) {
			w, err = os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0) // fails until it is read
			return err
		})
		meanwhile()
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	give(func() { hangUp(t, d) })
	d.WaitStderr(t, patience, "kojiwatch starts")
	give(func() {}) // for the reload
	d.WaitStderr(t, patience, "configuration reloaded")
	stop(t, d)
}

func hangUp(t *testing.T, d *rig.Process) {
	t.Helper()
	if err := d.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// TestSecondSignal checks that a second signal ends the daemon at once, even if its sink
// hangs.
func TestSecondSignal(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	d := hanging(t, v, "10m")
	terminate(t, d)
	time.Sleep(200 * time.Millisecond)
	if !d.Running() {
		t.Fatal("one signal ended the daemon although its sink hangs")
	}
	terminate(t, d)
	if code := d.WaitExit(t, 10*time.Second); code != 128+int(syscall.SIGTERM) {
		t.Errorf("exit code %d, want %d", code, 128+int(syscall.SIGTERM))
	}
}
