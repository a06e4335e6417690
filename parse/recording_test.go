package parse_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/parse"
)

// recorded is one line of a recording.
type recorded struct {
	name string // file:line
	parse.Delivery
	// properties and body are what another AMQP 1.0 library decoded, where the
	// recording holds it.
	properties map[string]any
	body       map[string]any
}

// recordings reads every recorded delivery.
func recordings(tb testing.TB) []recorded {
	tb.Helper()
	files, err := filepath.Glob("testdata/recordings/*.jsonl")
	if err != nil || len(files) != 5 {
		tb.Fatalf("want 5 recordings, found %v (%v)", files, err)
	}
	var all []recorded
	for _, file := range files {
		all = append(all, recording(tb, file)...)
	}
	return all
}

func recording(tb testing.TB, file string) []recorded {
	tb.Helper()
	f, err := os.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	var all []recorded
	for n := 1; lines.Scan(); n++ {
		r := decodeLine(tb, lines.Bytes())
		r.name = filepath.Base(file) + ":" + json.Number(itoa(n)).String()
		all = append(all, r)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

func decodeLine(tb testing.TB, line []byte) recorded {
	tb.Helper()
	var l struct {
		Exchange   string
		RoutingKey string `json:"routing_key"`
		Properties struct {
			Type      string
			MessageID string `json:"message_id"`
			Headers   map[string]field
		}
		BodyB64 []byte `json:"body_b64"`
		AMQP10  struct {
			Properties map[string]any
			Body       string
		} `json:"amqp10"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		tb.Fatalf("line %.80q: %v", line, err)
	}
	r := recorded{Delivery: parse.Delivery{
		Exchange: l.Exchange, RoutingKey: l.RoutingKey, Type: l.Properties.Type,
		MessageID: l.Properties.MessageID, Body: l.BodyB64, Headers: map[string]any{},
	}, properties: l.AMQP10.Properties}
	for name, f := range l.Properties.Headers {
		r.Headers[name] = f.value(tb)
	}
	text := l.AMQP10.Body
	if text == "" {
		text = string(l.BodyB64)
	}
	if err := json.Unmarshal([]byte(text), &r.body); err != nil {
		tb.Fatalf("body %.80q: %v", text, err)
	}
	return r
}

// field is a header as recorded, with its type on the wire.
type field struct {
	T   string
	V   any
	B64 string
}

func (f field) value(tb testing.TB) any {
	if f.B64 != "" {
		b, err := base64.StdEncoding.DecodeString(f.B64)
		if err != nil {
			tb.Fatal(err)
		}
		return string(b)
	}
	if n, ok := f.V.(float64); ok {
		if f.T == "I" {
			return int32(n)
		}
		return int64(n)
	}
	return f.V
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}
