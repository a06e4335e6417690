package parse

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/pyjson"
)

// Delivery is a message as delivered by the broker.
type Delivery struct {
	Exchange   string
	RoutingKey string
	// Type is the basic property "type"; RabbitMQ sets it to "amqp-1.0" if the
	// body is encoded AMQP 1.0.
	Type      string
	MessageID string
	// Headers has AMQP 0-9-1 values as Go values: nil, bool, integers, floats,
	// string, []byte, time.Time, []any, map[string]any.
	Headers map[string]any
	Body    []byte
	// ReceivedAt is when the message was received; zero if unknown.
	ReceivedAt time.Time
}

// Options configure a Parser. The zero value is ready to use.
type Options struct {
	// Instance is the name of the Koji instance in events. If it is "", the name
	// in the message is used, if any.
	Instance string
	// Raw includes each message's body in its event.
	Raw bool
	// MaxBody is the maximum size of a body in bytes; zero means DefaultMaxBody.
	MaxBody int
	// MaxDepth is the depth to which JSON is read; zero means DefaultMaxDepth.
	// Values that nest deeper are ignored.
	MaxDepth int
}

// The defaults for Options. Messages about a build of a large package with a long
// changelog have a few MiB.
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

// Parse converts a delivery to an event. An error means that the delivery is malformed: no
// dialect sends such bytes. A well-formed message about something else gives an event of
// type Unknown.
func (p *Parser) Parse(d *Delivery) (*event.Event, error) {
	e := new(event.Record)
	if err := p.ParseInto(e, d); err != nil {
		return nil, err
	}
	return &e.Event, nil
}

// ParseInto is Parse into the caller's record, whose previous content is overwritten.
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
	if isOwn(d) {
		return p.own(e, r, d, props, body)
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

// read converts a JSON body to an event of the given kind. If the body does not fit and the
// message is not certainly Koji's, the event is Unknown.
func (p *Parser) read(e *event.Record, r *reader, body []byte, k kind, props properties) error {
	body = pyjson.Shallow(body, p.opts.MaxDepth)
	err := r.event(e, body, k, props)
	if err == nil || k.sure && r.said.expected || !errors.Is(err, errMisfit) {
		return err
	}
	return r.event(e, body, kind{event: event.Unknown, dialect: event.NoDialect}, props)
}

// finish sets the fields that do not depend on the kind of event.
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

// messageTime returns the newest time in a message: the best estimate, from the message
// alone, of when the change happened.
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
