package parse_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/parse"
)

// recorded is one line of a recording.
type recorded struct {
	name string // file:line
	parse.Delivery
	// properties and body were decoded by another AMQP 1.0 library, if the
	// recording contains them.
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
		all = append(all, readRecording(tb, file)...)
	}
	return all
}

func readRecording(tb testing.TB, file string) []recorded {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var all []recorded
	for line := range bytes.Lines(text) {
		r := decodeLine(tb, line)
		r.name = fmt.Sprintf("%s:%d", filepath.Base(file), len(all)+1)
		all = append(all, r)
	}
	return all
}

func decodeLine(tb testing.TB, line []byte) recorded {
	tb.Helper()
	d, err := recording.Parse(line)
	if err != nil {
		tb.Fatalf("line %.80q: %v", line, err)
	}
	var other struct {
		AMQP10 struct {
			Properties map[string]any
			Body       string
		} `json:"amqp10"`
	}
	if err := json.Unmarshal(line, &other); err != nil {
		tb.Fatalf("line %.80q: %v", line, err)
	}
	r := recorded{Delivery: parse.Delivery{
		Exchange: d.Exchange, RoutingKey: d.RoutingKey, Type: d.Type, MessageID: d.MessageID,
		Headers: d.Headers, Body: d.Body,
	}, properties: other.AMQP10.Properties}
	text := cmp.Or(other.AMQP10.Body, string(d.Body))
	if err := json.Unmarshal([]byte(text), &r.body); err != nil {
		tb.Fatalf("body %.80q: %v", text, err)
	}
	return r
}
