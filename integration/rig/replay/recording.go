package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

const maxLine = 64 << 20

// Message is one recorded delivery.
type Message struct {
	Exchange   string
	RoutingKey string
	Publishing amqp.Publishing
}

// Load reads a recording. An error names the file and the line.
func Load(path string) ([]Message, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	defer func() { _ = file.Close() }()
	var messages []Message
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		m, err := parse(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("recording %s:%d: %w", path, n, err)
		}
		messages = append(messages, m)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("recording %s: %w", path, err)
	}
	return messages, nil
}

// Repeat gives the messages over and over until there are n, each with its
// number, from 1, as its message ID; in the recording most have none.
func Repeat(messages []Message, n int) []Message {
	if len(messages) == 0 {
		return nil
	}
	all := make([]Message, n)
	for i := range all {
		all[i] = messages[i%len(messages)]
		all[i].Publishing.MessageId = fmt.Sprintf("%d", i+1)
	}
	return all
}

func parse(line []byte) (Message, error) {
	var r struct {
		Exchange   string     `json:"exchange"`
		RoutingKey string     `json:"routing_key"`
		Properties properties `json:"properties"`
		Body       []byte     `json:"body_b64"`
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return Message{}, err
	}
	headers, err := table(r.Properties.Headers)
	if err != nil {
		return Message{}, err
	}
	return Message{r.Exchange, r.RoutingKey, amqp.Publishing{
		Headers:         headers,
		ContentType:     r.Properties.ContentType,
		ContentEncoding: r.Properties.ContentEncoding,
		DeliveryMode:    r.Properties.DeliveryMode,
		Priority:        r.Properties.Priority,
		MessageId:       r.Properties.MessageID,
		Type:            r.Properties.Type,
		Body:            r.Body,
	}}, nil
}

// properties are those basic properties that recordings have.
type properties struct {
	ContentType     string           `json:"content_type"`
	ContentEncoding string           `json:"content_encoding"`
	DeliveryMode    uint8            `json:"delivery_mode"`
	Priority        uint8            `json:"priority"`
	MessageID       string           `json:"message_id"`
	Type            string           `json:"type"`
	Headers         map[string]field `json:"headers"`
}
