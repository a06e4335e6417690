//go:build integration

package integration

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// manager is a service manager that receives the daemon's notifications.
type manager struct {
	conn  *net.UnixConn
	heard []string
}

func newManager(t *testing.T) (m *manager, socket string) {
	t.Helper()
	socket = filepath.Join(rig.TempDir(t), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &manager{conn: conn}, socket
}

// hears waits for a notification that starts with text.
func (m *manager) hears(t *testing.T, text string) {
	t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	for {
		if err := m.next(); err != nil {
			t.Fatalf("waiting for %q: %v; heard %q", text, err, m.heard)
		}
		if strings.HasPrefix(m.heard[len(m.heard)-1], text) {
			return
		}
	}
}

func (m *manager) next() error {
	message := make([]byte, 4096)
	n, err := m.conn.Read(message)
	m.heard = append(m.heard, string(message[:n]))
	return err
}

// TestService checks the notifications to systemd: that the daemon is ready, not before it
// consumes, that it is alive, that it reloads, and that it stops.
func TestService(t *testing.T) {
	v := rig.Broker(t)
	link := rig.Proxy(t, v)
	link.Refuse()
	m, socket := newManager(t)
	d := rig.DaemonWith(t, rig.Command{
		Args: []string{"run", "--config", durable(t, link.URL(v.URL()))},
		Env:  []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=2000000"},
	})
	m.hears(t, "STATUS=sink out: no session with the broker")
	m.hears(t, "WATCHDOG=1")
	if slices.Contains(m.heard, "READY=1") {
		t.Errorf("the daemon is ready without a broker: %q", m.heard)
	}
	if err := link.Admit(); err != nil {
		t.Fatal(err)
	}
	m.hears(t, "STATUS=consuming")
	m.hears(t, "READY=1")
	consuming(t, v)
	m.hears(t, "WATCHDOG=1")
	if err := d.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	m.hears(t, "RELOADING=1\nMONOTONIC_USEC=")
	m.hears(t, "READY=1")
	terminate(t, d)
	m.hears(t, "STOPPING=1")
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
