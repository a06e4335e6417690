//go:build integration

package consumer_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// brokerURL is the real broker that these tests run on.
func brokerURL(tb testing.TB) string {
	tb.Helper()
	return rig.SharedURL(tb)
}

// leavesNothingRunning looks, after all else has been cleaned up, for goroutines
// that the test began.
func leavesNothingRunning(t *testing.T) {
	t.Helper()
	_ = brokerURL(t) // what serves all tests may stay
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func brokers(urls ...string) func(context.Context) ([]broker.Address, error) {
	var list []broker.Address
	for _, url := range urls {
		list = append(list, broker.Address{URL: url})
	}
	return func(context.Context) ([]broker.Address, error) { return list, nil }
}

// admin is a connection of the test's own, beside the consumer's.
type admin struct {
	tb   testing.TB
	conn *amqp.Connection
	ch   *amqp.Channel
}

func newAdmin(tb testing.TB) *admin {
	tb.Helper()
	conn, err := amqp.Dial(brokerURL(tb))
	if err != nil {
		tb.Fatal(err)
	}
	a := &admin{tb: tb, conn: conn}
	tb.Cleanup(func() { _ = conn.Close() })
	a.reopen()
	return a
}

// reopen gets a fresh channel, the old one may have been closed by an error.
func (a *admin) reopen() {
	a.tb.Helper()
	var err error
	if a.ch, err = a.conn.Channel(); err != nil {
		a.tb.Fatal(err)
	}
	if err := a.ch.Confirm(false); err != nil {
		a.tb.Fatal(err)
	}
}

// queueName is fresh; the queue and its dead-letter queue go with the test.
func (a *admin) queueName() string {
	id := make([]byte, 6)
	_, _ = rand.Read(id)
	name := "consumer-test-" + hex.EncodeToString(id)
	a.tb.Cleanup(func() {
		a.delete(name)
		a.delete(name + ".dead")
	})
	return name
}

func (a *admin) delete(queue string) {
	a.tb.Helper()
	ch, err := a.conn.Channel()
	if err != nil {
		a.tb.Fatal(err)
	}
	defer func() { _ = ch.Close() }()
	if _, err := ch.QueueDelete(queue, false, false, false); err != nil {
		a.tb.Errorf("delete queue %s: %v", queue, err)
	}
}

func (a *admin) declare(queue string) {
	a.tb.Helper()
	if _, err := a.ch.QueueDeclare(queue, true, false, false, false, nil); err != nil {
		a.tb.Fatal(err)
	}
}

// publish sends messages to a queue and waits until it has them.
func (a *admin) publish(queue string, messages ...amqp.Publishing) {
	a.tb.Helper()
	var last *amqp.DeferredConfirmation
	for _, m := range messages {
		var err error
		if last, err = a.ch.PublishWithDeferredConfirm("", queue, true, false, m); err != nil {
			a.tb.Fatal(err)
		}
	}
	if last != nil && !last.Wait() {
		a.tb.Fatal("not confirmed")
	}
}

// count is the number of messages ready in a queue.
func (a *admin) count(queue string) int {
	a.tb.Helper()
	q, err := a.ch.QueueDeclarePassive(queue, false, false, false, false, nil)
	if err != nil {
		a.tb.Fatal(err)
	}
	return q.Messages
}

// eventually waits for what must come to be.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	tb.Fatalf("not in 30 s: %s", what)
}
