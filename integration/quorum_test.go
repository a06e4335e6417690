//go:build integration

package integration

import (
	"os"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestQuorumRedelivery: a daemon is killed over and over with the same messages
// in hand, more often than RabbitMQ 4 delivers a message of a quorum queue by
// default; they come all the same.
func TestQuorumRedelivery(t *testing.T) {
	const n, kills = 50, 22
	v := rig.Broker(t)
	config := configFor(t, v.URL(), "type: quorum", "prefetch: 500")
	declaring := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	stop(t, declaring)
	publish(t, v, recorded(t, n))
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = full.Close() }()
	for range kills {
		d := rig.DaemonWith(t, rig.Command{Args: []string{"run", "--config", config}, Stdout: full})
		d.WaitStderr(t, patience, "no space left") // it has messages and can't let go of them
		d.Kill()
	}
	d := rig.Daemon(t, "run", "--config", config)
	arrived(t, n, d)
	empty(t, v, queue)
	stop(t, d)
	ordered(t, events(t, d))
}

// TestQuorumFromBefore: a quorum queue that was declared without the limit that
// kojiwatch sets on RabbitMQ 4 is taken as it is.
func TestQuorumFromBefore(t *testing.T) {
	const n = 50
	v := rig.Broker(t)
	conn, err := amqp.Dial(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	args := amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeQuorum, amqp.SingleActiveConsumerArg: true}
	if _, err := ch.QueueDeclare(queue, true, false, false, false, args); err != nil {
		t.Fatal(err)
	}
	d := rig.Daemon(t, "run", "--config", configFor(t, v.URL(), "type: quorum", "prefetch: 500"))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	arrived(t, n, d)
	stop(t, d)
}
