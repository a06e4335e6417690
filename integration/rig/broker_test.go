//go:build integration

package rig

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// connect connects a client with a name and opens a channel, until the test ends.
func connect(t *testing.T, address, name string) (*amqp.Connection, *amqp.Channel) {
	t.Helper()
	properties := amqp.NewConnectionProperties()
	properties.SetClientConnectionName(name)
	conn, err := amqp.DialConfig(address, amqp.Config{Properties: properties})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return conn, ch
}

// queue declares a durable queue that gets everything from amq.topic.
func queue(t *testing.T, ch *amqp.Channel, name string) {
	t.Helper()
	if _, err := ch.QueueDeclare(name, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := ch.QueueBind(name, "#", "amq.topic", false, nil); err != nil {
		t.Fatal(err)
	}
}

func sample(t *testing.T) []replay.Message {
	t.Helper()
	messages, err := replay.Load("replay/testdata/sample.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func TestVHostsKeepTestsApart(t *testing.T) {
	one, other := Broker(t), Broker(t)
	_, ch := connect(t, one.URL(), "one")
	queue(t, ch, "q")
	if _, err := one.QueueStats(t.Context(), "q"); err != nil {
		t.Error(err)
	}
	if _, err := other.QueueStats(t.Context(), "q"); !errors.Is(err, rabbit.ErrNotFound) {
		t.Errorf("the other vhost: %v, want that there is no such queue", err)
	}
}

func TestVHostIsGoneAfterItsTest(t *testing.T) {
	var v *VHost
	if !t.Run("inner", func(t *testing.T) { v = Broker(t) }) {
		return
	}
	if conn, err := amqp.Dial(v.URL()); err == nil {
		_ = conn.Close()
		t.Error("the vhost is still there")
	}
}

func TestQueueStats(t *testing.T) {
	v := Broker(t)
	_, ch := connect(t, v.URL(), "consumer")
	queue(t, ch, "q")
	if err := Publisher(t, v).Publish(t.Context(), sample(t)[:5]...); err != nil {
		t.Fatal(err)
	}
	want := rabbit.QueueStats{Name: "q", Type: "classic", Ready: 5}
	Eventually(t, patience, func() error { return holds(t.Context(), v, want) })
	if err := ch.Qos(2, 0, false); err != nil {
		t.Fatal(err)
	}
	if _, err := ch.Consume("q", "", false, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	want.Ready, want.Unacked, want.Consumers = 3, 2, 1
	Eventually(t, patience, func() error { return holds(t.Context(), v, want) })
	if err := v.DeleteQueue(t.Context(), "q"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.QueueStats(t.Context(), "q"); !errors.Is(err, rabbit.ErrNotFound) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func holds(ctx context.Context, v *VHost, want rabbit.QueueStats) error {
	got, err := v.QueueStats(ctx, want.Name)
	if err == nil && got != want {
		err = fmt.Errorf("the queue has %+v, want %+v", got, want)
	}
	return err
}

func TestLockedDownUser(t *testing.T) {
	v := Broker(t)
	v.AddUser(t, "reader", "p@ss/word", rabbit.Permissions{Configure: "^mine", Write: "^mine", Read: "^(mine|amq.topic)"})
	conn, ch := connect(t, v.URLAs("reader", "p@ss/word"), "reader")
	queue(t, ch, "mine")
	_, err := ch.QueueDeclare("yours", true, false, false, false, nil)
	var refusal *amqp.Error
	if !errors.As(err, &refusal) || refusal.Code != amqp.AccessRefused {
		t.Errorf("declaring another queue: %v, want 403", err)
	}
	if conn.IsClosed() {
		t.Error("the connection is closed, too")
	}
}

func TestConnectionIsSeenAndClosed(t *testing.T) {
	v := Broker(t)
	conn, _ := connect(t, v.URL(), "victim")
	connect(t, v.NewVHost(t).URL(), "in another vhost")
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	seenAndClosed(t, v.backend, v.name, "victim")
	if err := <-closed; err == nil || !strings.Contains(err.Reason, "no reason at all") {
		t.Errorf("the client was told %v", err)
	}
	if err := v.CloseConnection(t.Context(), "nobody", "gone"); !errors.Is(err, rabbit.ErrNotFound) {
		t.Errorf("closing what is not there: %v", err)
	}
}

// seenAndClosed makes a broker close the only connection to a vhost.
func seenAndClosed(t *testing.T, b inspector, vhost, client string) {
	t.Helper()
	var found []rabbit.Connection
	Eventually(t, patience, func() (err error) {
		found, err = b.Connections(t.Context(), vhost)
		if err == nil && (len(found) != 1 || found[0].ClientName != client || found[0].State != "running") {
			err = fmt.Errorf("the broker has %+v, want one of %q", found, client)
		}
		return err
	})
	if err := b.CloseConnection(t.Context(), found[0].Name, "no reason at all"); err != nil {
		t.Fatal(err)
	}
}

// TestGivenBroker checks a broker that is given by its URL, which is queried through its
// management API.
func TestGivenBroker(t *testing.T) {
	own := Broker(t)
	b, err := external(own.url, own.AdminURL())
	if err != nil {
		t.Fatal(err)
	}
	defer b.admin.Forget()
	v := newVHost(t, b)
	conn, ch := connect(t, v.URL(), "client")
	queue(t, ch, "q")
	if err := Publisher(t, v).Publish(t.Context(), sample(t)[0]); err != nil {
		t.Fatal(err)
	}
	want := rabbit.QueueStats{Name: "q", Type: "classic", Ready: 1}
	Eventually(t, patience, func() error { return holds(t.Context(), v, want) })
	if err := v.DeleteQueue(t.Context(), "q"); err != nil {
		t.Error(err)
	}
	other := newVHost(t, b)
	victim, _ := connect(t, other.URL(), "victim")
	closed := victim.NotifyClose(make(chan *amqp.Error, 1))
	seenAndClosed(t, b, other.name, "victim")
	if err := <-closed; err == nil || !strings.Contains(err.Reason, "no reason at all") {
		t.Errorf("the client was told %v", err)
	}
	if conn.IsClosed() {
		t.Error("a connection to another vhost was closed, too")
	}
}

func TestGivenBrokerAddresses(t *testing.T) {
	b, err := external("amqp://me:secret@broker.example.com/", "")
	if err != nil || b.adminURL != "http://me:secret@broker.example.com:15672" {
		t.Errorf("the management API is at %v, %v", b, err)
	}
	for _, wrong := range []string{"http://broker.example.com", "://"} {
		if _, err := external(wrong, ""); err == nil || !strings.Contains(err.Error(), amqpVariable) {
			t.Errorf("%q: %v, want an error that names %s", wrong, err, amqpVariable)
		}
	}
}
