package rig

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
)

// setUpLimit is the timeout for a step of setting up or cleaning up a broker.
const setUpLimit = 3 * time.Minute

// VHost is a vhost of a broker for one test.
type VHost struct {
	name string
	*backend
}

// Broker creates a vhost for the test on the broker that all tests of the package
// share. It is deleted when the test ends.
func Broker(t testing.TB) *VHost {
	t.Helper()
	return newVHost(t, shared(t))
}

// SharedURL returns the URL of the default vhost of the broker that all tests of the
// package share, for tests that choose distinct names.
func SharedURL(t testing.TB) string {
	t.Helper()
	return shared(t).url
}

func shared(t testing.TB) *backend {
	t.Helper()
	b, err := the(t).shared(t.Context())
	if err != nil {
		t.Fatalf("rig: no broker: %v", err)
	}
	return b
}

func newVHost(t testing.TB, b *backend) *VHost {
	t.Helper()
	v := &VHost{"test-" + rand.Text()[:8], b}
	ctx, cancel := context.WithTimeout(t.Context(), setUpLimit)
	defer cancel()
	if err := b.admin.CreateVHost(ctx, v.name); err != nil {
		t.Fatalf("rig: %v", err)
	}
	v.cleanUp(t, func(ctx context.Context) error { return b.admin.DeleteVHost(ctx, v.name) })
	return v
}

// cleanUp calls undo when the test ends, if the broker outlives the test.
func (v *VHost) cleanUp(t testing.TB, undo func(context.Context) error) {
	if !v.lasting {
		return
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), setUpLimit)
		defer cancel()
		if err := undo(ctx); err != nil && !errors.Is(err, rabbit.ErrNotFound) {
			t.Errorf("rig: %v", err)
		}
	})
}

// NewVHost creates another vhost for the test on the same broker.
func (v *VHost) NewVHost(t testing.TB) *VHost {
	t.Helper()
	return newVHost(t, v.backend)
}

// Name returns the vhost's name.
func (v *VHost) Name() string { return v.name }

// URL returns the URL of the vhost, with an administrator's name and password.
func (v *VHost) URL() string {
	u := v.parsed()
	return u.String()
}

// URLAs returns the URL of the vhost with another name and password.
func (v *VHost) URLAs(name, password string) string {
	u := v.parsed()
	u.User = url.UserPassword(name, password)
	return u.String()
}

// AdminURL returns the root URL of the broker's management API, with an administrator's
// name and password.
func (v *VHost) AdminURL() string { return v.adminURL }

// Admin returns a client of the broker's management API.
func (v *VHost) Admin() *rabbit.Admin { return v.admin }

func (v *VHost) parsed() *url.URL {
	u, err := url.Parse(v.url)
	if err != nil {
		return &url.URL{} // cannot happen: it was parsed before the first vhost was created
	}
	u.Path = "/" + v.name
	return u
}

// AddUser creates a user with these permissions in the vhost. The user is deleted when
// the test ends.
func (v *VHost) AddUser(t testing.TB, name, password string, p rabbit.Permissions) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), setUpLimit)
	defer cancel()
	if err := v.admin.PutUser(ctx, name, password); err != nil {
		t.Fatalf("rig: %v", err)
	}
	if err := v.admin.Permit(ctx, v.name, name, p); err != nil {
		t.Fatalf("rig: %v", err)
	}
	v.cleanUp(t, func(ctx context.Context) error { return v.admin.DeleteUser(ctx, name) })
}

// Lag returns how old the results of QueueStats and Connections may be. A private broker
// is queried directly, so its lag is 0. The management API returns what queues reported
// last; the brokers of dev/rabbitmq-image report every second.
func (v *VHost) Lag() time.Duration {
	if v.lasting {
		return 1500 * time.Millisecond
	}
	return 0
}

// QueueStats returns the counts of a queue.
func (v *VHost) QueueStats(ctx context.Context, queue string) (rabbit.QueueStats, error) {
	return v.inspector.QueueStats(ctx, v.name, queue)
}

// DeleteQueue deletes a queue with its messages.
func (v *VHost) DeleteQueue(ctx context.Context, queue string) error {
	return v.admin.DeleteQueue(ctx, v.name, queue)
}

// Connections returns the clients connected to the vhost.
func (v *VHost) Connections(ctx context.Context) ([]rabbit.Connection, error) {
	return v.inspector.Connections(ctx, v.name)
}

// CloseConnection makes the broker close the connection with this Name, as an operator
// would. The client gets the reason.
func (v *VHost) CloseConnection(ctx context.Context, name, reason string) error {
	return v.inspector.CloseConnection(ctx, name, reason)
}

// Publisher returns a publisher that is connected to the vhost until the test ends.
func Publisher(t testing.TB, v *VHost) *replay.Publisher {
	t.Helper()
	p, err := replay.Dial(v.URL())
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	t.Cleanup(func() { _ = p.Close() }) // the broker may be gone by then
	return p
}

// Proxy starts a proxy in front of the broker that can fail on demand. The proxy's URL
// method returns a URL of the broker through the proxy. The proxy ends with the test.
func Proxy(t testing.TB, v *VHost) *wire.Proxy {
	t.Helper()
	u := v.parsed()
	port := u.Port()
	if port == "" {
		port = "5672"
	}
	p, err := wire.Listen(net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	t.Cleanup(p.Close)
	return p
}
