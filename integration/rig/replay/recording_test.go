package replay

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

const sample = "testdata/sample.jsonl" // first RabbitMQ 3, then Fedora, then RabbitMQ 4

func load(t *testing.T) []Message {
	t.Helper()
	messages, err := Load(sample)
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) != 16 {
		t.Fatalf("the sample has %d messages, want 16", len(messages))
	}
	return messages
}

func TestLoadKeepsBytesThatAreNotText(t *testing.T) {
	m := load(t)[1]
	section, _ := m.Publishing.Headers["x-amqp-1.0-app-properties"].(string)
	if !strings.HasPrefix(section, "\x00\x53\x74\xd1") {
		t.Errorf("application properties start %x, want an AMQP 1.0 map", section[:min(4, len(section))])
	}
	if !strings.HasPrefix(string(m.Publishing.Body), "\x00\x53\x77\xb1") {
		t.Errorf("the body starts %x, want an AMQP 1.0 value", m.Publishing.Body[:4])
	}
	if m.Exchange != "amq.topic" || m.RoutingKey != "koji.task.assigned" || m.Publishing.Type != "amqp-1.0" {
		t.Errorf("got %s %s %s", m.Exchange, m.RoutingKey, m.Publishing.Type)
	}
}

func TestLoadKeepsHeaderTypes(t *testing.T) {
	fedora := load(t)[6].Publishing
	if _, ok := fedora.Headers["fedora_messaging_severity"].(int32); !ok {
		t.Errorf("severity is a %T, want int32", fedora.Headers["fedora_messaging_severity"])
	}
	from, _ := fedora.Headers["x-received-from"].([]any)
	if len(from) != 1 {
		t.Fatalf("x-received-from is %#v, want an array of one", fedora.Headers["x-received-from"])
	}
	if hop, _ := from[0].(amqp.Table); hop["redelivered"] != false || hop["exchange"] != "amq.topic" {
		t.Errorf("the hop is %#v, want a table", from[0])
	}
	rabbit4 := load(t)[10].Publishing.Headers
	if old, ok := rabbit4["old"]; !ok || old != nil {
		t.Errorf("old is %#v, present %t; want a void", old, ok)
	}
	if _, ok := rabbit4["id"].(int64); !ok {
		t.Errorf("id is a %T, want int64", rabbit4["id"])
	}
}

func TestLoadNamesFileAndLineOfAnError(t *testing.T) {
	sample, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	good, _, _ := bytes.Cut(sample, []byte("\n"))
	path := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(path, append(good, "\n\n{\"exchange\":\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Load(path)
	if err == nil || !strings.Contains(err.Error(), path+": line 3: ") {
		t.Errorf("got %v, want %s and line 3", err, path)
	}
}

func TestRepeatNumbersItsMessages(t *testing.T) {
	messages := load(t)
	got := Repeat(messages, 40)
	if len(got) != 40 || got[39].Publishing.MessageId != "40" || got[39].RoutingKey != messages[7].RoutingKey {
		t.Errorf("got %d messages, the last %s %s", len(got), got[39].Publishing.MessageId, got[39].RoutingKey)
	}
	if messages[0].Publishing.MessageId != "" {
		t.Error("the recording itself was changed")
	}
	if Repeat(nil, 5) != nil {
		t.Error("repeating no messages returned some")
	}
}
