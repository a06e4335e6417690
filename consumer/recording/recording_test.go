package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/golden"
)

func readFile(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// everything has each property and each type of header.
func everything() *message.Delivery {
	return &message.Delivery{
		Queue: "kojiwatch", Exchange: "amq.topic", RoutingKey: "koji.task.open", DeliveryTag: 1 << 60, Redelivered: true,
		ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 123_000_000, time.UTC),
		Properties: message.Properties{
			ContentType: "application/json", ContentEncoding: "utf-8", DeliveryMode: 2, Priority: 9, CorrelationID: "c", ReplyTo: "r",
			Expiration: "1000", MessageID: "m", Timestamp: time.Unix(1_700_000_000, 0).UTC(), Type: "amqp-1.0", UserID: "u", AppID: "a",
			Headers: map[string]any{
				"bool": true, "int8": int8(-8), "uint8": uint8(8), "int16": int16(-16), "uint16": uint16(16), "int32": int32(-32), "uint32": uint32(32),
				"int64": int64(math.MinInt64), "float32": float32(1.5), "float64": 0.1, "infinite": math.Inf(1), "negative": float32(math.Inf(-1)),
				"decimal": amqp.Decimal{Scale: 2, Value: -12345}, "text": "caf\u00e9 \"\n\u2028", "bytes in text": "caf\xe9", "bytes": []byte{0, 255},
				"time": time.Unix(-1, 0).UTC(), "none": nil, "list": []any{int32(1), []any{}, amqp.Table{"x": nil}},
				"table": amqp.Table{"inner": amqp.Table{"deep": "x"}},
			},
		},
		Body: []byte(`{"attribute": "state"}`),
	}
}

func TestTheFormIsAsItWas(t *testing.T) {
	d := everything()
	binary := &message.Delivery{RoutingKey: "b", Body: []byte("\x00Ss\xff")}
	long := &message.Delivery{RoutingKey: "l", Body: bytes.Repeat([]byte("x"), maxPlainBody+1)}
	letter := deadLetter(d.ReceivedAt)
	var got []byte
	for _, d := range []*message.Delivery{d, binary} {
		var err error
		if got, err = Append(got, d); err != nil {
			t.Fatal(err)
		}
	}
	got, err := AppendDead(got, letter)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/append.golden", string(got))
	if text, _ := Append(nil, long); bytes.Contains(text, []byte(`"body"`)) {
		t.Error("a long body is written twice")
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	roundTrip(t, everything())
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func roundTrip(t fataler, d *message.Delivery) {
	t.Helper()
	line, err := Append(nil, d)
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if !json.Valid(line) || bytes.Count(line, []byte("\n")) != 1 {
		t.Fatalf("not one line of JSON: %q", line)
	}
	again, err := Parse(line)
	if err != nil {
		t.Fatalf("parse: %v\n%s", err, line)
	}
	if len(d.Body) == 0 && len(again.Body) == 0 {
		again.Body = d.Body
	}
	if !reflect.DeepEqual(d, again) {
		t.Fatalf("got\n%+v\nshould be\n%+v", again, d)
	}
}

func TestAnyDeliveryIsReadAgain(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		gens := []*rapid.Generator[any]{
			rapid.Bool().AsAny(), rapid.Int8().AsAny(), rapid.Uint8().AsAny(), rapid.Int16().AsAny(), rapid.Uint16().AsAny(),
			rapid.Int32().AsAny(), rapid.Uint32().AsAny(), rapid.Int64().AsAny(), rapid.Float32().AsAny(), rapid.Float64().AsAny(),
			rapid.String().AsAny(), rapid.Just[any](nil), rapid.SliceOf(rapid.Byte()).AsAny(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) any { return string(b) }),
			rapid.Map(rapid.Int64Range(-1<<40, 1<<40), func(s int64) any { return time.Unix(s, 0).UTC() }),
			rapid.Custom(func(t *rapid.T) any {
				return amqp.Decimal{Scale: rapid.Uint8().Draw(t, "scale"), Value: rapid.Int32().Draw(t, "value")}
			}),
		}
		if depth < 3 {
			gens = append(gens,
				rapid.Map(rapid.SliceOf(rapid.Deferred(func() *rapid.Generator[any] { return value(depth + 1) })), func(l []any) any { return l }),
				rapid.Map(rapid.MapOf(rapid.String(), rapid.Deferred(func() *rapid.Generator[any] { return value(depth + 1) })),
					func(m map[string]any) any { return amqp.Table(m) }))
		}
		return rapid.OneOf(gens...)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		roundTrip(t, &message.Delivery{
			Queue: text.Draw(t, "queue"), Exchange: text.Draw(t, "exchange"), RoutingKey: text.Draw(t, "key"),
			DeliveryTag: rapid.Uint64().Draw(t, "tag"), Redelivered: rapid.Bool().Draw(t, "redelivered"),
			Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
			Properties: message.Properties{
				Type: text.Draw(t, "type"), Priority: rapid.Uint8().Draw(t, "priority"),
				Headers: rapid.MapOf(text, value(0)).Draw(t, "headers"),
			},
		})
	})
}

func TestRecordingsOfARealHub(t *testing.T) {
	r := NewReader(bytes.NewReader(readFile(t, "messages.jsonl")))
	n := 0
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
		if d.Exchange != "amq.topic" || d.RoutingKey == "" || len(d.Body) == 0 || len(d.Headers) < 2 {
			t.Errorf("line %d: %+v", r.Line(), d)
		}
		if from, ok := d.Headers["x-received-from"]; ok {
			if via, ok := from.([]any)[0].(amqp.Table); !ok || via["redelivered"] != false {
				t.Errorf("line %d: x-received-from is %#v", r.Line(), from)
			}
		}
		if section, ok := d.Headers["x-amqp-1.0-app-properties"].(string); ok && !strings.HasPrefix(section, "\x00St") {
			t.Errorf("line %d: the section begins with %q", r.Line(), section[:3])
		}
		roundTrip(t, d)
	}
	if n != 10 {
		t.Errorf("%d deliveries, should be 10", n)
	}
}

func TestLinesWrittenByHand(t *testing.T) {
	for _, c := range []struct {
		name, line string
		want       message.Delivery
	}{
		{
			"plain headers and text",
			`{"routing_key": "k", "properties": {"headers": {"n": 1, "f": 1.5, "b": true, "z": null, "s": "x", "l": [1, "y"], "t": {"t": "S"}, "big": 1e30}}, "body": "hé"}`,
			message.Delivery{RoutingKey: "k", Body: []byte("hé"), Properties: message.Properties{Headers: map[string]any{
				"n": int64(1), "f": 1.5, "b": true, "z": nil, "s": "x", "l": []any{int64(1), "y"}, "t": amqp.Table{"t": "S"}, "big": 1e30,
			}}},
		},
		{
			"a body of JSON",
			`{"routing_key": "k", "body": {"a":  1}}`,
			message.Delivery{RoutingKey: "k", Body: []byte(`{"a":  1}`)},
		},
		{
			"unknown members, and body_b64 before body",
			`{"seq": 7, "amqp10": {"x": []}, "routing_key": "k", "body_b64": "AAE=", "body": "no"}`,
			message.Delivery{RoutingKey: "k", Body: []byte{0, 1}},
		},
		{
			"times as text",
			`{"routing_key": "k", "body": "", "received_at": "2026-11-22T08:31:00+01:00", "properties": {"timestamp": "2026-11-22T07:31:00Z", "headers": {"x": {"t": "T", "v": "2026-11-22T07:31:00Z"}}}}`,
			message.Delivery{RoutingKey: "k", ReceivedAt: time.Date(2026, 11, 22, 8, 31, 0, 0, time.FixedZone("", 3600)), Properties: message.Properties{
				Timestamp: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC), Headers: map[string]any{"x": time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC)},
			}},
		},
		{
			"fedora-messaging record",
			`{"body": {"a": 1}, "headers": {"fedora_messaging_schema": "base.message", "fedora_messaging_severity": 20, "fedora_messaging_user_rosa": true}, "id": "0b2a", "priority": 2, "queue": null, "topic": "org.example.buildsys.tag"}`,
			message.Delivery{RoutingKey: "org.example.buildsys.tag", Body: []byte(`{"a": 1}`), Properties: message.Properties{
				ContentType: "application/json", ContentEncoding: "utf-8", MessageID: "0b2a", Priority: 2,
				Headers: map[string]any{"fedora_messaging_schema": "base.message", "fedora_messaging_severity": int64(20), "fedora_messaging_user_rosa": true},
			}},
		},
		{
			"… without a priority, with NaN",
			`{"topic": "t", "priority": null, "queue": "q", "body": {"a": NaN, "b": "NaN"}}`,
			message.Delivery{RoutingKey: "t", Queue: "q", Body: []byte(`{"a": null, "b": "NaN"}`), Properties: message.Properties{ContentType: "application/json", ContentEncoding: "utf-8"}},
		},
		{
			"fedmsg",
			`{"username": "amqp-bridge", "i": 1, "timestamp": 1422465977.0, "msg_id": "2015-27", "topic": "t", "msg": {"a": 1}}`,
			message.Delivery{RoutingKey: "t", Body: []byte(`{"a": 1}`), Properties: message.Properties{ContentType: "application/json", ContentEncoding: "utf-8", MessageID: "2015-27"}},
		},
		{
			"unknown members of fedora-messaging's names",
			`{"routing_key": "k", "topic": 4, "id": 5, "priority": 4000, "headers": [], "body": "x"}`,
			message.Delivery{RoutingKey: "k", Body: []byte("x")},
		},
		{"nulls", `{"routing_key": "k", "body": "x", "body_b64": null, "received_at": null, "properties": {"headers": null, "type": null}}`, message.Delivery{RoutingKey: "k", Body: []byte("x")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.line))
			if err != nil {
				t.Fatal(err)
			}
			if d.ReceivedAt.Equal(c.want.ReceivedAt) {
				d.ReceivedAt = c.want.ReceivedAt
			}
			if len(d.Body) == 0 && len(c.want.Body) == 0 {
				d.Body = c.want.Body
			}
			if !reflect.DeepEqual(d, &c.want) {
				t.Errorf("got\n%+v\nshould be\n%+v", d, &c.want)
			}
		})
	}
}

func TestLinesThatAreNoRecordings(t *testing.T) {
	for _, c := range []struct{ name, line, says string }{
		{"no JSON", `hello`, "not JSON"},
		{"cut short", `{"routing_key": "k", "bo`, "not JSON"},
		{"an array", `[]`, "array"},
		{"something else", `{"level": "info", "message": "x"}`, "routing_key"},
		{"an event", `{"schema": "kojiwatch.event/v1", "id": "a", "topic": "koji.task.open"}`, "routing_key"},
		{"a topic of a wrong type", `{"topic": 4, "body": {}}`, "topic"},
		{"no body", `{"routing_key": "k"}`, "body_b64"},
		{"null for a body", `{"routing_key": "k", "body": null}`, "body_b64"},
		{"bad base64", `{"routing_key": "k", "body_b64": "!"}`, "body_b64"},
		{"wrong type", `{"routing_key": "k", "body": "", "delivery_tag": "one"}`, "delivery_tag"},
		{"too big", `{"routing_key": "k", "body": "", "properties": {"priority": 256}}`, "priority"},
		{"bad time", `{"routing_key": "k", "body": "", "received_at": "yesterday"}`, "yesterday"},
		{"header out of range", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": {"t": "I", "v": 2147483648}}}}`, `header "x"`},
		{"header of a wrong type", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": {"t": "t", "v": [1]}}}}`, `header "x"`},
		{"header half typed", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": {"t": "A", "v": [1]}}}}`, `header "x"`},
		{"header b64", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": {"t": "S", "b64": "!"}}}}`, "b64"},
		{"decimal", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": {"t": "D", "v": {"scale": 1}}}}}`, "value"},
		{"deep", `{"routing_key": "k", "body": "", "properties": {"headers": {"x": ` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}}}`, "deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse([]byte(c.line))
			if err == nil {
				t.Fatalf("read %+v", d)
			}
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "Go ") {
				t.Errorf("says %q, which does not tell about %q to people who know no Go", err, c.says)
			}
		})
	}
}

func TestHeadersThatAMQPDoesNotHave(t *testing.T) {
	deep := any("x")
	for range maxDepth + 2 {
		deep = []any{deep}
	}
	for name, v := range map[string]any{"a channel": make(chan int), "inside": []any{amqp.Table{"x": struct{}{}}}, "deep": deep} {
		d := &message.Delivery{Properties: message.Properties{Headers: map[string]any{"bad one": v}}}
		if out, err := Append([]byte("before"), d); err == nil || !strings.Contains(err.Error(), "bad one") || string(out) != "before" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for line := range bytes.Lines(readFile(f, "messages.jsonl")) {
		f.Add(line)
	}
	for line := range bytes.Lines(readFile(f, "append.golden")) {
		f.Add(line)
	}
	f.Add([]byte(`{"routing_key": "k", "properties": {"headers": {"n": 1, "f": 1.5, "t": {"t": "S"}}}, "body": {"a": 1}}`))
	f.Add([]byte(`{"topic": "t", "id": "a", "headers": {"x": 1}, "priority": 2, "queue": null, "body": {"a": NaN}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d, err := Parse(line)
		if err != nil {
			return
		}
		text, err := Append(nil, d)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := Parse(text); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, text)
		}
	})
}

// FuzzReader: whatever the input is, reading ends, and each error is about a place
// in it or the last.
func FuzzReader(f *testing.F) {
	f.Add([]byte("[" + `{"routing_key": "k", "body": "x"}` + ", 1]"))
	f.Add([]byte("\ufeff{}\n\n{"))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(bytes.NewReader(text))
		for range len(text) + 2 {
			if _, err := r.Next(); err != nil {
				if _, ok := errors.AsType[*LineError](err); !ok {
					return
				}
			}
		}
		t.Error("reading does not end")
	})
}
