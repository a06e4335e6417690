// Package sdnotify tells systemd how a service is doing, by the protocol of
// sd_notify(3): it is ready, it ends, it lives.
package sdnotify

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Notifier speaks to the service manager that started the process. A nil one, for
// a process that none has started, says nothing.
type Notifier struct {
	address  *net.UnixAddr
	watchdog time.Duration
}

// New returns a notifier for what the environment says: where to speak to in
// NOTIFY_SOCKET, and in WATCHDOG_USEC and WATCHDOG_PID how often to. Without the
// former it is nil. Env looks up variables, as [os.LookupEnv] does.
func New(env func(string) (string, bool)) (*Notifier, error) {
	path, _ := env("NOTIFY_SOCKET")
	switch {
	case path == "":
		return nil, nil //nolint:nilnil // nobody is there to be told
	case path[0] != '/' && path[0] != '@':
		return nil, fmt.Errorf("NOTIFY_SOCKET: %q is neither a path nor an abstract socket", path)
	}
	n := &Notifier{address: &net.UnixAddr{Name: path, Net: "unixgram"}}
	period, _ := env("WATCHDOG_USEC")
	if owner, _ := env("WATCHDOG_PID"); period == "" || owner != "" && owner != strconv.Itoa(os.Getpid()) {
		return n, nil
	}
	micros, err := strconv.ParseInt(period, 10, 64)
	if err != nil || micros <= 0 || micros > int64(time.Hour*24*365/time.Microsecond) {
		return nil, fmt.Errorf("WATCHDOG_USEC: %q is no time in microseconds", period)
	}
	n.watchdog = time.Duration(micros) * time.Microsecond
	return n, nil
}

// Watchdog returns how long the manager waits for a sign of life before it considers the
// process dead; 0 if it does not wait.
func (n *Notifier) Watchdog() time.Duration {
	if n == nil {
		return 0
	}
	return n.watchdog
}

// Ready tells systemd that the service is up.
func (n *Notifier) Ready(ctx context.Context) error { return n.send(ctx, "READY=1") }

// Reloading says that the service reads its configuration again; Ready is to
// follow. The time is what tells systemd that it is about its latest request.
func (n *Notifier) Reloading(ctx context.Context) error {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("tell systemd: read the clock: %w", err)
	}
	return n.send(ctx, fmt.Sprintf("RELOADING=1\nMONOTONIC_USEC=%d", now.Nano()/int64(time.Microsecond)))
}

// Stopping tells systemd that the service is ending.
func (n *Notifier) Stopping(ctx context.Context) error { return n.send(ctx, "STOPPING=1") }

// Alive sends a sign of life.
func (n *Notifier) Alive(ctx context.Context) error { return n.send(ctx, "WATCHDOG=1") }

// Status sends a line that `systemctl status` shows.
func (n *Notifier) Status(ctx context.Context, text string) error {
	return n.send(ctx, "STATUS="+strings.ReplaceAll(text, "\n", "; "))
}

func (n *Notifier) send(ctx context.Context, state string) error {
	if n == nil {
		return nil
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unixgram", n.address.Name)
	if err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd: %w", err)
	}
	return nil
}
