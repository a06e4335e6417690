package daemon

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// listenAsSystemd returns the socket that systemd would listen on, and names it in the
// environment.
func listenAsSystemd(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = manager.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return manager
}

func received(t *testing.T, manager *net.UnixConn) string {
	t.Helper()
	if err := manager.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 200)
	n, err := manager.Read(got)
	if err != nil {
		t.Fatal(err)
	}
	return string(got[:n])
}

func TestServiceNotifiesSystemd(t *testing.T) {
	dir, err := os.MkdirTemp("", "sd") // short, as sockets need
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, path := range map[string]string{
		"path": filepath.Join(dir, "notify"), "abstract": "@kojiwatch-test-" + strconv.Itoa(os.Getpid()),
	} {
		t.Run(name, func(t *testing.T) {
			manager := listenAsSystemd(t, path)
			t.Setenv("WATCHDOG_USEC", "30000000")
			s, err := newService(&daemon{supervisor: &supervisor{}, common: &shared{}})
			if err != nil {
				t.Fatal(err)
			}
			s.reloading() // not up yet: nobody wants to know
			s.tell()
			s.reloading()
			s.reloaded()
			s.ending = true
			s.tell()
			for _, want := range []string{
				"STATUS=kojiwatch starts", "READY=1", "WATCHDOG=1", "RELOADING=1\nMONOTONIC_USEC=", "READY=1", "STATUS=finishing what is in hand",
			} {
				if got := received(t, manager); !strings.HasPrefix(got, want) {
					t.Errorf("systemd receives %q, want %q", got, want)
				}
			}
		})
	}
}

func TestServiceReadsTheEnvironment(t *testing.T) {
	for name, tt := range map[string]struct {
		socket, period, pid string
		notifies            bool
		watchdog            time.Duration
		fails               bool
	}{
		"not started by systemd":   {},
		"watchdog without socket":  {period: "1"},
		"no watchdog":              {socket: "/x", notifies: true},
		"watchdog":                 {socket: "/x", period: "30000000", pid: strconv.Itoa(os.Getpid()), notifies: true, watchdog: 30 * time.Second},
		"watchdog of another":      {socket: "/x", period: "30000000", pid: "1", notifies: true},
		"watchdog without meaning": {socket: "/x", period: "soon", fails: true},
		"never":                    {socket: "/x", period: "0", fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("NOTIFY_SOCKET", tt.socket)
			t.Setenv("WATCHDOG_USEC", tt.period)
			t.Setenv("WATCHDOG_PID", tt.pid)
			s, err := newService(&daemon{common: &shared{}})
			if (err != nil) != tt.fails || (s != nil) != tt.notifies || s != nil && s.watchdog != tt.watchdog {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
}

func TestServiceLogsOnceThatSystemdIsGone(t *testing.T) {
	var log bytes.Buffer
	for _, socket := range []string{filepath.Join(t.TempDir(), "gone"), "vsock:2:1234"} {
		t.Setenv("NOTIFY_SOCKET", socket)
		log.Reset()
		s := &service{log: zerolog.New(&log)}
		s.notify("READY=1")
		s.notify("READY=1")
		if n := strings.Count(log.String(), "cannot notify systemd"); n != 1 {
			t.Errorf("%s: logged %d times: %s", socket, n, &log)
		}
	}
}
