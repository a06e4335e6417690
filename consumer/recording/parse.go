package recording

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/pyjson"
)

// record holds the members of a line.
type record struct {
	Exchange    string          `json:"exchange"`
	RoutingKey  *string         `json:"routing_key"`
	Redelivered bool            `json:"redelivered"`
	DeliveryTag uint64          `json:"delivery_tag"`
	Properties  properties      `json:"properties"`
	BodyB64     *string         `json:"body_b64"`
	Body        json.RawMessage `json:"body"`
	Queue       string          `json:"queue"`
	ReceivedAt  moment          `json:"received_at"`
	Dead        death           `json:"dead"`
}

// foreign holds the corresponding members of lines by fedora-messaging record and by its
// predecessor fedmsg.
type foreign struct {
	Topic    *string         `json:"topic"`
	ID       string          `json:"id"`
	MsgID    string          `json:"msg_id"`
	Headers  headers         `json:"headers"`
	Priority uint8           `json:"priority"`
	Msg      json.RawMessage `json:"msg"`
}

// death holds the members of "dead".
type death struct {
	Sink     string `json:"sink"`
	Reason   string `json:"reason"`
	Error    string `json:"error"`
	Time     moment `json:"time"`
	Queue    string `json:"queue"`
	Attempts int    `json:"attempts"`
	First    moment `json:"first_attempt"`
	Last     moment `json:"last_attempt"`
}

type properties struct {
	ContentType     string  `json:"content_type"`
	ContentEncoding string  `json:"content_encoding"`
	Headers         headers `json:"headers"`
	DeliveryMode    uint8   `json:"delivery_mode"`
	Priority        uint8   `json:"priority"`
	CorrelationID   string  `json:"correlation_id"`
	ReplyTo         string  `json:"reply_to"`
	Expiration      string  `json:"expiration"`
	MessageID       string  `json:"message_id"`
	Timestamp       moment  `json:"timestamp"`
	Type            string  `json:"type"`
	UserID          string  `json:"user_id"`
	AppID           string  `json:"app_id"`
}

// Parse parses one line. The delivery does not share its memory.
func Parse(line []byte) (*message.Delivery, error) {
	letter, err := ParseDead(line)
	return letter.Delivery, err
}

// ParseDead parses one line as a dead letter. Members that a line lacks are zero; a line of a
// recording has no "dead".
func ParseDead(line []byte) (message.DeadLetter, error) {
	r, err := read(line)
	if sound, changed := pyjson.Strict(line); err != nil && changed {
		r, err = read(sound)
	}
	if err != nil {
		return message.DeadLetter{}, plainly(err)
	}
	if r.RoutingKey == nil {
		return message.DeadLetter{}, errors.New("routing_key is missing: is this a recording?")
	}
	body, err := r.body()
	if err != nil {
		return message.DeadLetter{}, err
	}
	return message.DeadLetter{
		Delivery: r.delivery(body), Sink: r.Dead.Sink, Reason: r.Dead.Reason, Error: r.Dead.Error,
		Time: time.Time(r.Dead.Time), Attempts: r.Dead.Attempts,
		First: time.Time(r.Dead.First), Last: time.Time(r.Dead.Last),
	}, nil
}

func read(line []byte) (record, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil || r.RoutingKey != nil {
		return r, err
	}
	var f foreign
	err := json.Unmarshal(line, &f)
	if err == nil && f.Topic != nil && (r.Body != nil || f.Msg != nil) {
		r.take(f)
	}
	return r, err
}

func (r *record) take(f foreign) {
	r.RoutingKey = f.Topic
	if r.Body == nil {
		r.Body = f.Msg
	}
	p := &r.Properties
	p.MessageID, p.Headers, p.Priority = cmp.Or(f.ID, f.MsgID), f.Headers, f.Priority
	p.ContentType, p.ContentEncoding = "application/json", "utf-8"
}

func (r *record) delivery(body []byte) *message.Delivery {
	p := &r.Properties
	return &message.Delivery{
		Queue:       r.Queue,
		Exchange:    r.Exchange,
		RoutingKey:  *r.RoutingKey,
		DeliveryTag: r.DeliveryTag,
		Redelivered: r.Redelivered,
		ReceivedAt:  time.Time(r.ReceivedAt),
		Properties: message.Properties{
			ContentType:     p.ContentType,
			ContentEncoding: p.ContentEncoding,
			Headers:         p.Headers,
			DeliveryMode:    p.DeliveryMode,
			Priority:        p.Priority,
			CorrelationID:   p.CorrelationID,
			ReplyTo:         p.ReplyTo,
			Expiration:      p.Expiration,
			MessageID:       p.MessageID,
			Timestamp:       time.Time(p.Timestamp),
			Type:            p.Type,
			UserID:          p.UserID,
			AppID:           p.AppID,
		},
		Body: body,
	}
}

func (r *record) body() ([]byte, error) {
	switch {
	case r.BodyB64 != nil:
		body, err := base64.StdEncoding.DecodeString(*r.BodyB64)
		if err != nil {
			return nil, fmt.Errorf("body_b64: %w", err)
		}
		return body, nil
	case len(r.Body) == 0, string(r.Body) == "null":
		return nil, errors.New("body_b64 and body are missing")
	case r.Body[0] == '"':
		var text string
		if err := json.Unmarshal(r.Body, &text); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		return []byte(text), nil
	}
	return bytes.Clone(r.Body), nil
}

// moment is a time as text (RFC 3339) or in seconds since 1970.
type moment time.Time

// UnmarshalJSON reads either form.
func (m *moment) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if text[0] == '"' {
		return (*time.Time)(m).UnmarshalJSON(text)
	}
	var seconds int64
	if err := json.Unmarshal(text, &seconds); err != nil {
		return err
	}
	*m = moment(time.Unix(seconds, 0).UTC())
	return nil
}

// plainly rewords the errors of the JSON package for people who do not know Go.
func plainly(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Errorf("a %s is no recording, which is an object", wrong.Value)
		}
		return fmt.Errorf("%s: cannot be a %s", wrong.Field, wrong.Value)
	}
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON: %w (at byte %d)", err, wrong.Offset)
	}
	return err
}
