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

// setUpLimit bounds one step of putting a broker in order.
const setUpLimit = 3 * time.Minute

// VHost is a vhost of a broker, made for one test.
type VHost struct {
	name string
	*backend
}

// Broker gives the test a vhost of its own on the broker that all tests of the
// package share. It is deleted when the test ends.
func Broker(t testing.TB) *VHost {
	t.Helper()
	return newVHost(t, shared(t))
}

// SharedURL is the address of the broker that all tests of the package share,
// with its default vhost, for tests that keep apart by the names they choose.
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

// cleanUp undoes something when the test ends, on a broker that lives longer
// than the test.
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

// NewVHost gives the test a further vhost on the same broker.
func (v *VHost) NewVHost(t testing.TB) *VHost {
	t.Helper()
	return newVHost(t, v.backend)
}

// Name returns the vhost's name.
func (v *VHost) Name() string { return v.name }

// URL returns the address of the vhost, with an administrator's name and password.
func (v *VHost) URL() string {
	u := v.parsed()
	return u.String()
}

// URLAs returns the address of the vhost with another name and password.
func (v *VHost) URLAs(name, password string) string {
	u := v.parsed()
	u.User = url.UserPassword(name, password)
	return u.String()
}

// AdminURL returns the root of the broker's management API, with an administrator's
// name and password.
func (v *VHost) AdminURL() string { return v.adminURL }

// Admin returns a client of the broker's management API.
func (v *VHost) Admin() *rabbit.Admin { return v.admin }

func (v *VHost) parsed() *url.URL {
	u, err := url.Parse(v.url)
	if err != nil {
		return &url.URL{} // the address was parsed before the first vhost was made
	}
	u.Path = "/" + v.name
	return u
}

// AddUser makes a user with these permissions in the vhost. It is deleted when
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

// Lag returns how old the results of QueueStats and Connections may be. 0: the broker itself is
// asked. A management API knows what queues told it last, each second in the brokers that
// dev/rabbitmq-image makes.
func (v *VHost) Lag() time.Duration {
	if v.lasting {
		return 1500 * time.Millisecond
	}
	return 0
}

// QueueStats returns what a queue holds.
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

// CloseConnection has the broker close a connection, by its Name, as an
// operator would; the client is given the reason.
func (v *VHost) CloseConnection(ctx context.Context, name, reason string) error {
	return v.inspector.CloseConnection(ctx, name, reason)
}

// Publisher is connected to the vhost until the test ends.
func Publisher(t testing.TB, v *VHost) *replay.Publisher {
	t.Helper()
	p, err := replay.Dial(v.URL())
	if err != nil {
		t.Fatalf("rig: %v", err)
	}
	t.Cleanup(func() { _ = p.Close() }) // the broker may be gone by then
	return p
}

// Proxy puts a network in front of the broker that fails when told to; its URL
// method leads an address of the broker through it. It ends with the test.
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
