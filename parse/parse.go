package parse

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/pyjson"
)

// Delivery holds a message as the broker delivered it.
type Delivery struct {
	Exchange   string
	RoutingKey string
	// Type is the basic property "type"; RabbitMQ sets it to "amqp-1.0" where
	// the body is encoded AMQP 1.0.
	Type      string
	MessageID string
	// Headers holds AMQP 0-9-1 values as Go values: nil, bool, integers,
	// floats, string, []byte, time.Time, []any, map[string]any.
	Headers map[string]any
	Body    []byte
	// ReceivedAt says when the message came; zero where nobody noted it.
	ReceivedAt time.Time
}

// Options say how to parse. The zero value is good for use.
type Options struct {
	// Instance is the name of the Koji instance in events. "" takes the name
	// that the message gives, if any.
	Instance string
	// Raw includes each message's body in its event.
	Raw bool
	// MaxBody bounds the size of a body in bytes; zero means DefaultMaxBody.
	MaxBody int
	// MaxDepth bounds how deep JSON is read; zero means DefaultMaxDepth. What nests
	// deeper is passed over.
	MaxDepth int
}

// The bounds that hold where Options name none. A build of a large package
// with a long history of changes makes messages of a few MiB.
const (
	DefaultMaxBody  = 16 << 20
	DefaultMaxDepth = 64
)

// ErrEmpty reports a message without a body.
var ErrEmpty = errors.New("the message has no body")

// Parser parses deliveries. It is safe for concurrent use.
type Parser struct {
	opts    Options
	readers sync.Pool // of *reader
}

// New returns a parser.
func New(opts Options) *Parser {
	if opts.MaxBody == 0 {
		opts.MaxBody = DefaultMaxBody
	}
	if opts.MaxDepth == 0 {
		opts.MaxDepth = DefaultMaxDepth
	}
	return &Parser{opts: opts, readers: sync.Pool{New: func() any { return newReader() }}}
}

// Parse turns a delivery into an event. An error means that the delivery can
// never become one: its bytes are not what any of the dialects sends. A
// message that is sound but about something else gives an event of type
// Unknown.
func (p *Parser) Parse(d *Delivery) (*event.Event, error) {
	e := new(event.Record)
	if err := p.ParseInto(e, d); err != nil {
		return nil, err
	}
	return &e.Event, nil
}

// ParseInto parses like Parse, into a record of the caller's whose former content
// is lost.
func (p *Parser) ParseInto(e *event.Record, d *Delivery) error {
	if len(d.Body) > p.opts.MaxBody {
		return fmt.Errorf("the body has %d bytes, more than the limit of %d", len(d.Body), p.opts.MaxBody)
	}
	r := p.readers.Get().(*reader)
	defer r.release(&p.readers)
	props, err := r.properties(d.Headers)
	if err != nil {
		return err
	}
	body, err := jsonBody(d)
	if err != nil {
		return err
	}
	if err := checkText(body); err != nil {
		return err
	}
	k := classify(d, props)
	if err = p.read(e, r, body, k, props); err != nil {
		var changed bool
		if body, changed = pyjson.Strict(body); !changed {
			return err
		}
		if err := p.read(e, r, body, k, props); err != nil {
			return err
		}
	}
	e.ID = r.eventID(d, props)
	p.finish(&e.Event, d, props, body)
	return nil
}

// read turns a JSON body into an event of the kind that it is said to be. It is
// Unknown if the body does not fit, unless it is Koji's for sure.
func (p *Parser) read(e *event.Record, r *reader, body []byte, k kind, props properties) error {
	body = pyjson.Shallow(body, p.opts.MaxDepth)
	err := r.event(e, body, k, props)
	if err == nil || k.sure && r.said.expected || !errors.Is(err, errMisfit) {
		return err
	}
	return r.event(e, body, kind{event: event.Unknown, dialect: event.NoDialect}, props)
}

// finish adds what does not depend on the kind of event.
func (p *Parser) finish(e *event.Event, d *Delivery, props properties, body []byte) {
	e.Topic = d.RoutingKey
	if p.opts.Instance != "" {
		e.Instance = p.opts.Instance
	}
	e.Origin = props.origin
	e.ReceivedAt = d.ReceivedAt
	if e.ReceivedAt.IsZero() || e.Origin == event.Reconciled {
		e.ReceivedAt = messageTime(e, props)
	}
	if p.opts.Raw || e.Type == event.Unknown {
		e.Raw = compact(body)
	}
}

// messageTime returns the newest time that a message names: the time of the change
// it is about, as near as it can be known from the message alone.
func messageTime(e *event.Event, props properties) time.Time {
	newest := props.sentAt
	see := func(ts ...time.Time) {
		for _, t := range ts {
			if t.After(newest) {
				newest = t
			}
		}
	}
	if newest.IsZero() && e.Task != nil {
		see(e.Task.Created, e.Task.Started, e.Task.Ended)
	}
	if newest.IsZero() && e.Build != nil {
		see(e.Build.Created, e.Build.Started, e.Build.Ended)
	}
	if newest.IsZero() && e.Repo != nil {
		see(e.Repo.Created)
	}
	return newest
}
