//go:build integration

package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// newPublisher is closed with the test.
func newPublisher(t *testing.T, o publish.Options) *publish.Publisher {
	t.Helper()
	o.Broker.Name = t.Name()
	p := publish.New(o)
	t.Cleanup(p.Close)
	return p
}

// messages are for a queue each.
func messages(queues ...string) []publish.Message {
	var list []publish.Message
	for i, q := range queues {
		list = append(list, publish.Message{Key: q, Publishing: amqp.Publishing{MessageId: fmt.Sprint(i), Body: fmt.Append(nil, i)}})
	}
	return list
}

func TestOnlyConfirmedMessagesCountAsPublished(t *testing.T) {
	leavesNothingRunning(t)
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	a.declare(q)
	nowhere := q + ".nowhere"
	for silentAfter := 1; silentAfter <= 4; silentAfter++ {
		publisher := newPublisher(t, publish.Options{Broker: broker.Options{Brokers: brokers(p.url()), RPCTimeout: 500 * time.Millisecond}})
		list := messages(q, nowhere, q, q, q, nowhere, q, q, q, q)
		p.swallow(silentAfter)
		var rest []publish.Message
		for i, err := range publisher.Publish(t.Context(), list) {
			switch {
			case list[i].Key == nowhere && i < silentAfter:
				if !errors.Is(err, publish.ErrUnroutable) {
					t.Errorf("silent after %d: message %d is %v, should be unroutable", silentAfter, i, err)
				}
			case i < silentAfter:
				if err != nil {
					t.Errorf("silent after %d: message %d: %v", silentAfter, i, err)
				}
			case err == nil || errors.Is(err, publish.ErrUnroutable) || !strings.Contains(err.Error(), "no confirmation within 500ms"):
				t.Errorf("silent after %d: message %d has no confirmation, and its error is %v", silentAfter, i, err)
			case list[i].Key == q:
				rest = append(rest, list[i])
			}
		}
		if n := a.count(q); n != 8-len(rest) {
			t.Errorf("silent after %d: the queue has %d messages, should have %d", silentAfter, n, 8-len(rest))
		}
		for i, err := range publisher.Publish(t.Context(), rest) {
			if err != nil {
				t.Errorf("silent after %d: at the second attempt message %d: %v", silentAfter, i, err)
			}
		}
		if _, err := a.ch.QueuePurge(q, false); err != nil {
			t.Fatal(err)
		}
	}
}

// A context that ends while messages are on the way, or just when they have arrived.
func TestPublishingIsCutShortAtAnyMoment(t *testing.T) {
	leavesNothingRunning(t)
	a := newAdmin(t)
	q := a.queueName()
	a.declare(q)
	publisher := newPublisher(t, publish.Options{Broker: broker.Options{Brokers: brokers(brokerURL(t))}})
	var confirmed int
	for i := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*500*time.Microsecond)
		for _, err := range publisher.Publish(ctx, messages(q, q, q, q)) {
			if err == nil {
				confirmed++
			}
		}
		cancel()
	}
	if n := a.count(q); n < confirmed {
		t.Errorf("the queue has %d messages, of which %d were confirmed", n, confirmed)
	}
}

// alarms make a broker stop reading from publishers.
func alarms() map[string][2][]string {
	return map[string][2][]string{
		"memory": {{"set_vm_memory_high_watermark", "0.000001"}, {"set_vm_memory_high_watermark", "0.8"}},
		"disk":   {{"set_disk_free_limit", "900000GB"}, {"set_disk_free_limit", "1MB"}},
	}
}

func TestAnAlarmOfTheBrokerIsRiddenOut(t *testing.T) {
	broker := rig.PrivateBroker(t)
	for name, set := range alarms() {
		t.Run(name, func(t *testing.T) {
			wire := rig.Proxy(t, broker.VHost)
			ctl := func(args []string) {
				t.Helper()
				if _, err := broker.Ctl(t.Context(), args...); err != nil {
					t.Fatal(err)
				}
			}
			conn, err := amqp.Dial(broker.URL())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			a := &admin{tb: t, conn: conn}
			a.reopen()
			a.declare(name)
			large := amqp.Publishing{Body: append([]byte("poison"), make([]byte, 12<<20)...)} // more than a socket takes
			a.publish(name, append([]amqp.Publishing{large, {Body: []byte("poison")}}, numbers(0, 20)...)...)
			ctl(set[0])

			log := lines{make(chan string, 10_000)}
			o := options(t, name)
			o.Brokers, o.Log = brokers(wire.URL(broker.URL())), zerolog.New(log)
			o.RPCTimeout, o.Heartbeat, o.Grace = 2*time.Second, time.Second, time.Second
			s := &sink{}
			r := start(t, s, o)
			eventually(t, "the living, and that the dead letters wait", func() bool { return s.has(20) && r.Stats().Blocked != "" })
			if why := r.Stats().Blocked; !strings.Contains(why, name) {
				t.Errorf("blocked: %q", why)
			}
			time.Sleep(5 * time.Second) // several time-outs
			if st := r.Stats(); st.DeadLetterFailures != 0 || st.Epoch != 1 || st.Dead != 0 || st.Done != 20 || !st.Connected || st.Blocked == "" {
				t.Errorf("stats: %+v", st)
			}
			if n := wire.Accepted(); n != 2 {
				t.Errorf("%d connections were made, should be 2", n)
			}
			stopped := time.Now()
			r.stop()
			if took := time.Since(stopped); took > o.Grace+time.Second {
				t.Errorf("it took %s to end", took)
			}
			if n := log.grep("the broker takes no messages", name, "remedy"); n != 1 {
				t.Errorf("%d lines say so, should be one", n)
			}

			r = start(t, s, o)
			eventually(t, "the dead letters wait again", func() bool { return r.Stats().Blocked != "" })
			ctl(set[1])
			eventually(t, "the dead letters are kept", func() bool { return r.Stats().Dead == 2 })
			if st := r.Stats(); st.Blocked != "" || st.DeadLetterFailures != 0 {
				t.Errorf("stats: %+v", st)
			}
			r.stop()
			if n := log.grep("the broker takes messages again", "after"); n != 1 {
				t.Errorf("%d lines say that it is over, should be one", n)
			}
			if d := a.count(name + ".dead"); d < 2 {
				t.Errorf("%d dead letters", d)
			}
		})
	}
}

// oversized is a header as large as it can be beside others of so many bytes.
func oversized(others int) string { return strings.Repeat("h", 128<<10-others) }

func TestADeadLetterFitsIntoAFrame(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	o := options(t, q)
	o.Sink = "archive"
	r := start(t, &sink{}, o)
	r.connected()
	body := "poison " + strings.Repeat("b", 200<<10)
	a.publish(q, amqp.Publishing{Body: []byte(body), MessageId: "m", Headers: amqp.Table{
		"small": "s", "medium": strings.Repeat("m", 5<<10), "large": oversized(5<<10 + 100),
	}})
	eventually(t, "a dead letter", func() bool { return r.Stats().Dead == 1 })
	r.stop()
	if n := r.Stats().DeadLetterFailures; n != 0 {
		t.Errorf("%d attempts in vain", n)
	}
	po := publish.Options{Broker: broker.Options{Brokers: brokers(brokerURL(t)), Name: q}}
	letters, err := deadletter.OpenQueue(t.Context(), po, q+".dead", q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = letters.Close(context.Background()) }()
	letter, err := letters.Next(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	h := letter.Headers
	if string(letter.Body) != body || letter.Reason != consumer.ReasonUnparseable || letter.Sink != "archive" || letter.MessageID != "m" ||
		h["small"] != "s" || h["medium"] == nil || h["large"] != nil || h[deadletter.HeaderTrimmed] != "large" {
		t.Errorf("the letter is %+v with a body of %d bytes", letter.DeadLetter, len(letter.Body))
	}

	letter.Headers["larger"] = oversized(5<<10 + 110) // fits, but not with where it comes from
	if err := letter.Retry(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := a.get(q); string(d.Body) != body || d.Headers["larger"] != nil || d.Headers[deadletter.HeaderTrimmed] != "large, larger" || d.Headers["small"] != "s" {
		t.Errorf("headers %.200v", d.Headers)
	}
}

// What the broker would end the connection for does not keep others from it: headers
// as large as they can be and a little larger, and what no frame can carry.
func TestAMessageThatCannotBeSentIsAloneWithThat(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	a.declare(q)
	publisher := newPublisher(t, publish.Options{Broker: broker.Options{Brokers: brokers(brokerURL(t))}})
	list := messages(q, q)
	list[0].CorrelationId = strings.Repeat("c", 256)
	errs := publisher.Publish(t.Context(), append(list, messages(q, q+strings.Repeat("k", 256))...))
	for i, bad := range []bool{true, false, false, true} {
		if (errs[i] != nil) != bad || bad && !strings.Contains(errs[i].Error(), "longer than 255 bytes") {
			t.Errorf("message %d: %v", i, errs[i])
		}
	}
	whole := 0
	for others := range 60 {
		m := messages(q)[0]
		m.Headers, m.Trim = amqp.Table{"h": oversized(others)}, deadletter.Trim
		if err := publisher.Publish(t.Context(), []publish.Message{m})[0]; err != nil {
			t.Errorf("with %d bytes beside the header: %v", others, err)
		}
	}
	if _, err := a.ch.QueueDeclarePassive(q, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	for range 62 {
		if d := a.get(q); d.Headers["h"] != nil {
			whole++
		}
	}
	if whole == 0 || whole == 60 {
		t.Errorf("%d of 60 have kept their header", whole)
	}
}
