package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

// record is a JSON object of a message.
type record map[string]any

// stage collects messages at their times.
type stage struct {
	nextTask, nextBuild, nextRepo int64
	messages                      []timed
}

type timed struct {
	at      time.Time
	key     string // the routing key without the prefix "koji."
	headers record
	body    record
}

// publish adds a message.
func (s *stage) publish(at time.Time, key, typ string, headers, body record) {
	headers["type"] = typ
	s.messages = append(s.messages, timed{at, key, headers, body})
}

// lines returns the messages in the order of their times, as a recording.
func (s *stage) lines() ([]byte, error) {
	slices.SortStableFunc(s.messages, func(a, b timed) int { return a.at.Compare(b.at) })
	var out []byte
	for i, m := range s.messages {
		body, err := json.Marshal(m.body)
		if err != nil {
			return nil, fmt.Errorf("write the body of %s: %w", m.key, err)
		}
		out, err = recording.Append(out, &message.Delivery{
			Exchange: "amq.topic", RoutingKey: "koji." + m.key, DeliveryTag: uint64(i + 1), ReceivedAt: m.at,
			Properties: message.Properties{Type: "amqp-1.0", DeliveryMode: 2, Headers: m.headers},
			Body:       amqpValue(body),
		})
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", m.key, err)
		}
		if !bytes.HasSuffix(out, []byte("\n")) {
			out = append(out, '\n')
		}
	}
	return out, nil
}

// amqpValue wraps JSON as the plugin sends it: a string in an amqp-value section.
func amqpValue(body []byte) []byte {
	out := []byte{0x00, 0x53, 0x77, 0xb1}
	return append(binary.BigEndian.AppendUint32(out, uint32(len(body))), body...)
}

// times sets both members that Koji has for each time.
func (r record) times(name string, at time.Time) record {
	if at.IsZero() {
		r[name+"_time"], r[name+"_ts"] = nil, nil
		return r
	}
	r[name+"_time"] = at.UTC().Format("2006-01-02 15:04:05.000000-07:00")
	r[name+"_ts"] = float64(at.UnixMicro()) / 1e6
	return r
}

// xmlCall returns the request of a new task in the form in which the hub stores and sends it.
func xmlCall(method string, params []any) string {
	var b strings.Builder
	b.WriteString("<?xml version='1.0'?>\n<methodCall>\n<methodName>" + method + "</methodName>\n<params>\n")
	for _, p := range params {
		b.WriteString("<param>\n" + xmlValue(p) + "</param>\n")
	}
	b.WriteString("</params>\n</methodCall>\n")
	return b.String()
}

func xmlValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "<value><nil/></value>"
	case bool:
		return fmt.Sprintf("<value><boolean>%d</boolean></value>\n", map[bool]int{true: 1}[v])
	case int64:
		return fmt.Sprintf("<value><int>%d</int></value>\n", v)
	case record:
		var b strings.Builder
		b.WriteString("<value><struct>\n")
		for _, name := range sortedNames(v) {
			b.WriteString("<member>\n<name>" + name + "</name>\n" + xmlValue(v[name]) + "</member>\n")
		}
		return b.String() + "</struct></value>\n"
	}
	return fmt.Sprintf("<value><string>%v</string></value>\n", v)
}

func sortedNames(r record) []string {
	var names []string
	for name := range r {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
