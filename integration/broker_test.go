//go:build integration

package integration

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestQueueDeleted checks that the daemon declares its queue again and continues after
// somebody has deleted it.
func TestQueueDeleted(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 1_000
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", durable(t, v.URL()))
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:n/2])
	arrived(t, n/2, d)
	if err := v.DeleteQueue(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	consuming(t, v)
	publish(t, v, messages[n/2:])
	arrived(t, n, d)
	empty(t, v, queue)
	if s := stop(t, d); s.Sessions < 2 {
		t.Errorf("the daemon counted %+v", s)
	}
}

// TestPassiveWaits checks that the daemon waits for a queue that an administrator has to
// create.
func TestPassiveWaits(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 200
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", configFor(t, v.URL(), "declare: passive", "dead_letters: file"))
	d.WaitStderr(t, patience, "404|NOT_FOUND")
	declare(t, v)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	arrived(t, n, d)
	empty(t, v, queue)
	stop(t, d)
}

// declare declares the queue, as an administrator would.
func declare(t *testing.T, v *rig.VHost) {
	t.Helper()
	onChannel(t, v, func(ch *amqp.Channel) error {
		if _, err := ch.QueueDeclare(queue, true, false, false, false, nil); err != nil {
			return err
		}
		return ch.QueueBind(queue, "#", "amq.topic", false, nil)
	})
}

// declareExchange declares a durable topic exchange.
func declareExchange(t *testing.T, v *rig.VHost, name string) {
	t.Helper()
	onChannel(t, v, func(ch *amqp.Channel) error {
		return ch.ExchangeDeclare(name, "topic", true, false, false, false, nil)
	})
}

// onChannel calls do with a new channel.
func onChannel(t *testing.T, v *rig.VHost, do func(*amqp.Channel) error) {
	t.Helper()
	conn, err := amqp.Dial(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err == nil {
		err = do(ch)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestUnreachable checks that the daemon waits for an unreachable broker and logs that
// once, not for each attempt.
func TestUnreachable(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 200
	v := rig.Broker(t)
	link := rig.Proxy(t, v)
	link.Refuse()
	d := rig.Daemon(t, "run", "--config", durable(t, link.URL(v.URL())))
	d.WaitStderr(t, patience, "refused")
	time.Sleep(3 * time.Second) // several tries
	if told := strings.Count(d.Stderr(), "refused"); told != 1 {
		t.Errorf("the outage was logged %d times:\n%s", told, d.Stderr())
	}
	if err := link.Admit(); err != nil {
		t.Fatal(err)
	}
	consuming(t, v)
	publish(t, v, recorded(t, n))
	arrived(t, n, d)
	empty(t, v, queue)
	stop(t, d)
}

// TestSecondBroker checks that the daemon uses the first broker that it can reach.
func TestSecondBroker(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 200
	v := rig.Broker(t)
	gone := rig.Proxy(t, v)
	gone.Refuse()
	config := durable(t, v.URL())
	edit(t, config, fmt.Sprintf("url: %q", v.URL()), fmt.Sprintf("urls: [%q, %q]", gone.URL(v.URL()), v.URL()))
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	arrived(t, n, d)
	stop(t, d)
}

// TestVisibleOnBroker checks that an administrator can see whose connection it is.
func TestVisibleOnBroker(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", durable(t, v.URL()))
	consuming(t, v)
	rig.Eventually(t, patience, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		connections, err := v.Connections(ctx)
		if err != nil {
			return err
		}
		for _, c := range connections {
			if c.ClientName == "kojiwatch out" {
				return nil
			}
		}
		return fmt.Errorf("no connection with our name among %+v", connections)
	})
	stop(t, d)
}

func edit(t *testing.T, path, old, now string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(text), old, now, 1)
	if edited == string(text) {
		t.Fatalf("%s holds no %q", path, old)
	}
	if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
}
