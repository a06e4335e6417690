package replay

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

// Message is a recorded delivery.
type Message struct {
	Exchange   string
	RoutingKey string
	Publishing amqp.Publishing
}

// Load reads a recording. Errors contain the file and the line.
func Load(path string) ([]Message, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	defer func() { _ = file.Close() }()
	var messages []Message
	for lines := recording.NewReader(file); ; {
		d, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return messages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("recording %s: %w", path, err)
		}
		messages = append(messages, Message{d.Exchange, d.RoutingKey, d.Publishing()})
	}
}

// Repeat returns n messages, which repeat the given ones. The message ID of each is its
// number, from 1, because most recorded messages have none.
func Repeat(messages []Message, n int) []Message {
	if len(messages) == 0 {
		return nil
	}
	all := make([]Message, n)
	for i := range all {
		all[i] = messages[i%len(messages)]
		all[i].Publishing.MessageId = strconv.Itoa(i + 1)
	}
	return all
}
