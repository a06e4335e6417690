package parse_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/parse"
)

func idOf(t *testing.T, d parse.Delivery) string {
	t.Helper()
	e, err := parse.New(parse.Options{}).Parse(&d)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// delivery returns a message as delivered by RabbitMQ 4, with changes.
func delivery(change func(*parse.Delivery)) parse.Delivery {
	d := parse.Delivery{
		Exchange: "amq.topic", RoutingKey: "koji.task.open", Body: []byte(openTask),
		Headers: map[string]any{"type": "TaskStateChange", "id": int64(7), "old": "FREE", "new": "OPEN", "parent": nil},
	}
	if change != nil {
		d.Headers = maps.Clone(d.Headers)
		change(&d)
	}
	return d
}

// TestIDStays checks that headers added by brokers do not change the id.
func TestIDStays(t *testing.T) {
	want := idOf(t, delivery(nil))
	for name, change := range map[string]func(*parse.Delivery){
		"redelivered from a quorum queue": func(d *parse.Delivery) { d.Headers["x-delivery-count"] = int64(3) },
		"read from a stream":              func(d *parse.Delivery) { d.Headers["x-stream-offset"] = int64(99) },
		"federated":                       func(d *parse.Delivery) { d.Headers["x-received-from"] = []any{map[string]any{"uri": "amqp://h"}} },
		"stamped by the broker":           func(d *parse.Delivery) { d.Headers["timestamp_in_ms"] = int64(1795331130984) },
	} {
		t.Run(name, func(t *testing.T) {
			if got := idOf(t, delivery(change)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestIDDiffers checks that different messages have different ids.
func TestIDDiffers(t *testing.T) {
	first := idOf(t, delivery(nil))
	for name, change := range map[string]func(*parse.Delivery){
		"another exchange":        func(d *parse.Delivery) { d.Exchange = "other" },
		"another routing key":     func(d *parse.Delivery) { d.RoutingKey = "koji.task.free" },
		"another body":            func(d *parse.Delivery) { d.Body = append(d.Body, ' ') },
		"another text":            func(d *parse.Delivery) { d.Headers["new"] = "CLOSED" },
		"another number":          func(d *parse.Delivery) { d.Headers["id"] = int64(8) },
		"a number as text":        func(d *parse.Delivery) { d.Headers["id"] = "7" },
		"nothing for something":   func(d *parse.Delivery) { d.Headers["old"] = nil },
		"a property less":         func(d *parse.Delivery) { delete(d.Headers, "parent") },
		"one more that is true":   func(d *parse.Delivery) { d.Headers["parent"] = true },
		"texts divided otherwise": func(d *parse.Delivery) { d.Exchange, d.RoutingKey = "amq.topick", "oji.task.open" },
		"the sender's message id": func(d *parse.Delivery) { d.MessageID = "df17e342-53f0-4d5f-a472-4be20d4b8770" },
	} {
		t.Run(name, func(t *testing.T) {
			if got := idOf(t, delivery(change)); got == first {
				t.Errorf("both are %s", got)
			}
		})
	}
}

// TestMessageID checks that a message id that is safe in headers is the event's id, and that
// any other message id becomes a unique and stable hash.
func TestMessageID(t *testing.T) {
	with := func(id string) string { return idOf(t, delivery(func(d *parse.Delivery) { d.MessageID = id })) }
	for _, id := range []string{"df17e342-53f0-4d5f-a472-4be20d4b8770", "a b", "~!", strings.Repeat("a", 255)} {
		if got := with(id); got != id {
			t.Errorf("%q became %q", id, got)
		}
	}
	seen := map[string]string{with("a"): "a", idOf(t, delivery(nil)): ""}
	for _, id := range []string{
		" a", "a ", " ", "a\t", "a\u00a0", "\u3000a", "a\x00", "a\r\nb", "a\x1b[31m", "a\x7f", "\u202ea", "\u200b", "Å", "\xff", "\xfe",
		strings.Repeat("a", 256), strings.Repeat("a", 257), strings.Repeat("a", 1<<20),
	} {
		got := with(id)
		if other, twice := seen[got]; twice {
			t.Errorf("%.20q and %.20q are both %s", other, id, got)
		}
		seen[got] = id
		if len(got) != 32 || strings.Trim(got, "0123456789abcdef") != "" || with(id) != got {
			t.Errorf("%.20q became %.50q", id, got)
		}
	}
}
