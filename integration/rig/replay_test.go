//go:build integration

package rig

import (
	"reflect"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

func TestConsumerGetsWhatWasRecorded(t *testing.T) {
	v := Broker(t)
	_, ch := connect(t, v.URL(), "consumer")
	queue(t, ch, "q")
	messages := sample(t)
	if err := Publisher(t, v).Publish(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	for i, want := range messages {
		got, ok, err := ch.Get("q", true)
		if err != nil || !ok {
			t.Fatalf("message %d: %v, there is one: %t", i+1, err, ok)
		}
		same(t, i+1, got, want)
	}
}

func same(t *testing.T, n int, got amqp.Delivery, want replay.Message) {
	t.Helper()
	p := want.Publishing
	if got.Exchange != want.Exchange || got.RoutingKey != want.RoutingKey {
		t.Errorf("message %d came by %s %s, want %s %s", n, got.Exchange, got.RoutingKey, want.Exchange, want.RoutingKey)
	}
	for name, pair := range map[string][2]any{
		"headers":          {got.Headers, p.Headers},
		"body":             {got.Body, p.Body},
		"content type":     {got.ContentType, p.ContentType},
		"content encoding": {got.ContentEncoding, p.ContentEncoding},
		"delivery mode":    {got.DeliveryMode, p.DeliveryMode},
		"priority":         {got.Priority, p.Priority},
		"message ID":       {got.MessageId, p.MessageId},
		"type":             {got.Type, p.Type},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("message %d: %s is %#v, want %#v", n, name, pair[0], pair[1])
		}
	}
}

func TestManyMessagesAreAllConfirmed(t *testing.T) {
	v := Broker(t)
	_, ch := connect(t, v.URL(), "consumer")
	queue(t, ch, "q")
	const many = 20_000
	if err := Publisher(t, v).Publish(t.Context(), replay.Repeat(sample(t), many)...); err != nil {
		t.Fatal(err)
	}
	if q, err := ch.QueueDeclarePassive("q", true, false, false, false, nil); err != nil || q.Messages != many {
		t.Errorf("the queue holds %d messages, %v; want %d", q.Messages, err, many)
	}
}

func TestMessageWithoutQueue(t *testing.T) {
	v := Broker(t)
	p := Publisher(t, v)
	m := sample(t)[0]
	if err := p.Publish(t.Context(), m); err == nil || !strings.Contains(err.Error(), "no queue took koji.task.free") {
		t.Errorf("got %v, want that no queue took the message", err)
	}
	p.Unrouted = true
	if err := p.Publish(t.Context(), m); err != nil {
		t.Errorf("with Unrouted: %v", err)
	}
}

func TestPublisherNoticesALostConnection(t *testing.T) {
	v := Broker(t)
	link := Proxy(t, v)
	p, err := replay.Dial(link.URL(v.URL()))
	if err != nil {
		t.Fatal(err)
	}
	p.Unrouted = true
	link.Cut(0)
	if err := p.Publish(t.Context(), replay.Repeat(sample(t), 100)...); err == nil {
		t.Error("publishing over a cut connection succeeded")
	}
	if err := p.Close(); err != nil {
		t.Errorf("closing it: %v", err)
	}
}
