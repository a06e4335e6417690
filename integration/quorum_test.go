//go:build integration

package integration

import (
	"os"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestQuorumRedelivery checks that messages survive a daemon that is killed with them more
// often than RabbitMQ 4 delivers a message of a quorum queue by default.
func TestQuorumRedelivery(t *testing.T) {
	t.Parallel() // it mostly waits
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
		d.WaitStderr(t, patience, "no space left") // it has messages and cannot write them
		d.Kill()
	}
	d := rig.Daemon(t, "run", "--config", config)
	arrived(t, n, d)
	empty(t, v, queue)
	stop(t, d)
	ordered(t, events(t, d))
}

// TestQuorumFromBefore checks that kojiwatch uses an existing quorum queue that was declared
// without the limit which kojiwatch sets on RabbitMQ 4.
func TestQuorumFromBefore(t *testing.T) {
	t.Parallel() // it mostly waits
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

// TestQuorumLetters checks that dead letters in a quorum queue stay there however often they
// are listed.
func TestQuorumLetters(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, looks = 3, 22
	v := rig.Broker(t)
	config := configFor(t, v.URL(), "type: quorum", "prefetch: 500")
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages := recorded(t, n)
	for i := range messages {
		messages[i].Publishing.Body = []byte("no JSON")
	}
	publish(t, v, messages)
	holds(t, v, queue+".dead", n)
	stop(t, d)
	refused := false
	for range looks {
		p := rig.Daemon(t, "dead", "list", "--config", config, "--sink", "out")
		if code := p.WaitExit(t, patience); code != 0 {
			p.WaitStderr(t, patience, "look no more")
			refused = true
		}
	}
	if !refused {
		t.Errorf("listed %d times without a warning: a broker may have a limit of 20", looks)
	}
	holds(t, v, queue+".dead", n)
	dead(t, "drop", config, "--all")
	empty(t, v, queue+".dead")
}
