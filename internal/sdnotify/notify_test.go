package sdnotify

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func env(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, found := pairs[name]
		return value, found
	}
}

func TestNotifierSpeaksTheProtocol(t *testing.T) {
	dir, err := os.MkdirTemp("", "sd") // short, as sockets need
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, path := range map[string]string{"path": filepath.Join(dir, "notify"), "abstract": "@kojiwatch-test-" + strconv.Itoa(os.Getpid())} {
		t.Run(name, func(t *testing.T) {
			manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = manager.Close() }()
			n, err := New(env(map[string]string{"NOTIFY_SOCKET": path}))
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			for want, say := range map[string]func() error{
				"READY=1":           func() error { return n.Ready(ctx) },
				"STOPPING=1":        func() error { return n.Stopping(ctx) },
				"WATCHDOG=1":        func() error { return n.Alive(ctx) },
				"STATUS=one; other": func() error { return n.Status(ctx, "one\nother") },
			} {
				if err := say(); err != nil {
					t.Fatal(err)
				}
				got := make([]byte, 100)
				length, err := manager.Read(got)
				if err != nil || string(got[:length]) != want {
					t.Errorf("the manager hears %q, %v, want %q", got[:length], err, want)
				}
			}
		})
	}
}

func TestNotifierReadsTheEnvironment(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	for name, tt := range map[string]struct {
		env      map[string]string
		speaks   bool
		watchdog time.Duration
		fails    bool
	}{
		"not started by systemd":   {nil, false, 0, false},
		"watchdog without socket":  {map[string]string{"WATCHDOG_USEC": "1"}, false, 0, false},
		"no watchdog":              {map[string]string{"NOTIFY_SOCKET": "/x"}, true, 0, false},
		"watchdog":                 {map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": own}, true, 30 * time.Second, false},
		"watchdog of another":      {map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, true, 0, false},
		"watchdog without meaning": {map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "soon"}, false, 0, true},
		"never":                    {map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "0"}, false, 0, true},
		"for ever":                 {map[string]string{"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "9223372036854775807"}, false, 0, true},
		"socket of another kind":   {map[string]string{"NOTIFY_SOCKET": "vsock:2:1234"}, false, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := New(env(tt.env))
			if (err != nil) != tt.fails || (n != nil) != tt.speaks || n.Watchdog() != tt.watchdog {
				t.Errorf("got %+v, %v", n, err)
			}
		})
	}
}

func TestNobodyToTell(t *testing.T) {
	var n *Notifier
	if err := n.Ready(t.Context()); err != nil {
		t.Errorf("told nobody: %v", err)
	}
	gone, err := New(env(map[string]string{"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "gone")}))
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Ready(t.Context()); err == nil {
		t.Error("a manager that is gone was told")
	}
}
