//go:build integration

package consumer_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
)

// get takes one message from a queue.
func (a *admin) get(queue string) amqp.Delivery {
	a.tb.Helper()
	var d amqp.Delivery
	eventually(a.tb, "a message in "+queue, func() bool {
		var ok bool
		var err error
		if d, ok, err = a.ch.Get(queue, true); err != nil {
			a.tb.Fatal(err)
		}
		return ok
	})
	return d
}

// userOf is the name the tests log in with.
func userOf(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(brokerURL(t))
	if err != nil {
		t.Fatal(err)
	}
	return u.User.Username()
}

func TestPoisonGoesToTheDeadLetterQueueWhole(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	s := &sink{}
	r := start(t, s, options(t, q))
	r.connected()
	user := userOf(t) // the broker takes no other
	body := append([]byte("poison"), bytes.Repeat([]byte{0xff, 0, 1}, 7<<20)...)
	poison := amqp.Publishing{
		Body: body, ContentType: "application/octet-stream", ContentEncoding: "x", DeliveryMode: amqp.Transient, Priority: 3,
		CorrelationId: "c", ReplyTo: "r", MessageId: "m", Timestamp: time.Unix(1_700_000_000, 0), Type: "t", AppId: "a",
		UserId: user, Expiration: "86400000",
		Headers: amqp.Table{
			"text": "caf\xe9", "number": int64(1) << 40, "small": int32(-7), "none": nil, "yes": true,
			"list": []any{"x", amqp.Table{"y": int8(1)}}, "CC": []any{q + ".copy"},
		},
	}
	a.publish(q, slices.Concat(numbers(0, 1), []amqp.Publishing{poison}, numbers(1, 1))...)
	d := a.get(q + ".dead")
	eventually(t, "the living and the verdict", func() bool { return s.has(2) && r.Stats().Dead == 1 })
	r.stop()

	if !bytes.Equal(d.Body, body) {
		t.Errorf("the body of %d bytes has become one of %d", len(body), len(d.Body))
	}
	for header, want := range map[string]any{
		"text": "caf\xe9", "number": int64(1) << 40, "small": int32(-7), "none": nil, "yes": true,
		deadletter.HeaderReason: consumer.ReasonUnparseable, deadletter.HeaderError: "that is poison",
		deadletter.HeaderExchange: "", deadletter.HeaderRoutingKey: q, deadletter.HeaderQueue: q,
		deadletter.HeaderUserID: user, deadletter.HeaderExpiration: "86400000",
	} {
		if got, ok := d.Headers[header]; !ok || got != want {
			t.Errorf("header %s is %v, should be %v", header, got, want)
		}
	}
	if _, ok := d.Headers["CC"]; ok || d.Headers[deadletter.HeaderCC] == nil {
		t.Errorf("header CC would send copies: %v", d.Headers)
	}
	if at, err := time.Parse(time.RFC3339, d.Headers[deadletter.HeaderTime].(string)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("time %v: %v", at, err)
	}
	if list, _ := d.Headers["list"].([]any); len(list) != 2 || list[1].(amqp.Table)["y"] != int8(1) {
		t.Errorf("header list is %v", d.Headers["list"])
	}
	if d.ContentType != poison.ContentType || d.ContentEncoding != "x" || d.Priority != 3 || d.CorrelationId != "c" || d.ReplyTo != "r" ||
		d.MessageId != "m" || !d.Timestamp.Equal(poison.Timestamp) || d.Type != "t" || d.AppId != "a" ||
		d.DeliveryMode != amqp.Persistent || d.UserId != "" || d.Expiration != "" {
		t.Errorf("properties: %+v", d)
	}
	if n := a.count(q); n != 0 {
		t.Errorf("%d messages are left in the queue", n)
	}
}

func TestADeadLetterQueueThatVanishesIsDeclaredAgain(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	r := start(t, &sink{}, options(t, q))
	r.connected()
	a.publish(q, amqp.Publishing{Body: []byte("poison 1")})
	eventually(t, "a dead letter", func() bool { return r.Stats().Dead == 1 })
	a.delete(q + ".dead")
	a.publish(q, amqp.Publishing{Body: []byte("poison 2")})
	eventually(t, "another", func() bool { return r.Stats().Dead == 2 })
	if d := a.get(q + ".dead"); string(d.Body) != "poison 2" {
		t.Errorf("got %s", d.Body)
	}
}

func TestALostConnectionOfTheDeadLettersIsMadeAgain(t *testing.T) {
	leavesNothingRunning(t)
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	o := options(t, q)
	o.Brokers = brokers(p.url())
	r := start(t, &sink{}, o)
	r.connected()
	for i := range 5 {
		before := r.Stats().Dead
		a.publish(q, amqp.Publishing{Body: fmt.Appendf(nil, "poison %d", i)})
		eventually(t, "a dead letter", func() bool { return r.Stats().Dead > before })
		p.cut()
	}
	kept := map[string]bool{}
	eventually(t, "all five", func() bool {
		kept[string(a.get(q+".dead").Body)] = true // some perhaps twice
		return len(kept) == 5
	})
}

// lines collects a log.
type lines struct{ text chan string }

func (l lines) Write(p []byte) (int, error) {
	l.text <- string(p)
	return len(p), nil
}

func (l lines) grep(words ...string) int {
	n := 0
	for len(l.text) > 0 {
		line := <-l.text
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			n++
		}
	}
	return n
}

func TestALockedDownBrokerIsFoundOutAtTheStart(t *testing.T) {
	a, api := newAdmin(t), newAPI(t)
	q := a.queueName()
	a.declare(q)
	own := "^" + q + "$"
	api.user(q, "x", own, own+"|^amq.topic$", own+"|^amq.topic$")
	o := options(t, q)
	o.Bindings = []consumer.Binding{{Exchange: "amq.topic", Keys: []string{q}}}
	at := brokerURL(t)
	o.Brokers = func(context.Context) ([]broker.Address, error) {
		return []broker.Address{{URL: at, Username: q, Password: "x"}}, nil
	}
	t.Run("dead-letter queue", func(t *testing.T) {
		fatal := start(t, &sink{}, o).fails()
		if fatal.Cause != broker.CauseTopology || !strings.Contains(fatal.Error(), "dead_letters: file") || !strings.Contains(fatal.Error(), "403") {
			t.Errorf("%s: %v", fatal.Cause, fatal)
		}
	})
	t.Run("other queue", func(t *testing.T) {
		o := o
		o.Queue.Name = q + "-not-ours"
		fatal := start(t, &sink{}, o).fails()
		if fatal.Cause != broker.CauseTopology || !strings.Contains(fatal.Error(), "403") {
			t.Errorf("%s: %v", fatal.Cause, fatal)
		}
	})
	t.Run("publishing", func(t *testing.T) {
		log := lines{make(chan string, 10_000)}
		o := o
		o.Declare = consumer.Passive
		o.Log = zerolog.New(log)
		s := &sink{}
		r := start(t, s, o)
		r.connected()
		a.publish(q, amqp.Publishing{Body: []byte("poison")})
		a.publish(q, numbers(0, 20)...)
		eventually(t, "the living, and vain attempts", func() bool { return s.has(20) && r.Stats().DeadLetterFailures >= 3 })
		r.stop()
		if n := a.count(q); n != 1 {
			t.Errorf("%d messages are in the queue, should be the poison", n)
		}
		if n := log.grep("dead letters cannot be kept", "403", "dead_letters: file"); n != 1 {
			t.Errorf("%d lines say so, should be one", n)
		}
	})
	t.Run("dead letters elsewhere", func(t *testing.T) {
		o := o
		o.DeadLetters = &memory{}
		r := start(t, &sink{}, o)
		eventually(t, "a verdict on the poison", func() bool { return r.Stats().Dead == 1 })
		r.stop()
		if n := a.count(q); n != 0 {
			t.Errorf("%d messages are left in the queue", n)
		}
	})
}

type memory struct{ atomic.Int64 }

func (m *memory) Put(context.Context, consumer.DeadLetter) error {
	m.Add(1)
	return nil
}
