package deadletter

import (
	"maps"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// Headers that are added to a dead letter.
const (
	HeaderReason     = "x-kojiwatch-reason"
	HeaderError      = "x-kojiwatch-error"
	HeaderTime       = "x-kojiwatch-time" // RFC 3339, UTC
	HeaderExchange   = "x-kojiwatch-exchange"
	HeaderRoutingKey = "x-kojiwatch-routing-key"
	HeaderQueue      = "x-kojiwatch-queue"
	HeaderSink       = "x-kojiwatch-sink"

	// Failed attempts, if there were any.
	HeaderAttempts = "x-kojiwatch-attempts"
	HeaderFirst    = "x-kojiwatch-first-attempt" // RFC 3339, UTC
	HeaderLast     = "x-kojiwatch-last-attempt"  // RFC 3339, UTC

	// Properties that a dead letter cannot keep, if the message had them.
	HeaderUserID     = "x-kojiwatch-user-id"
	HeaderExpiration = "x-kojiwatch-expiration"
	HeaderCC         = "x-kojiwatch-cc"
	HeaderBCC        = "x-kojiwatch-bcc"

	// HeaderTrimmed names the headers that were removed because they were too large for
	// the broker.
	HeaderTrimmed = "x-kojiwatch-trimmed"
)

// publishing returns the letter for its queue: the original message with headers that
// describe what happened to it. It omits properties that would make the broker refuse the
// letter, drop it again or send copies elsewhere.
func publishing(l message.DeadLetter) amqp.Publishing {
	p := l.Publishing()
	h := maps.Clone(p.Headers)
	if h == nil {
		h = amqp.Table{}
	}
	h[HeaderReason] = l.Reason
	h[HeaderError] = l.Error
	h[HeaderTime] = l.Time.Format(time.RFC3339Nano)
	h[HeaderExchange] = l.Exchange
	h[HeaderRoutingKey] = l.RoutingKey
	h[HeaderQueue] = l.Queue
	if l.Sink != "" {
		h[HeaderSink] = l.Sink
	}
	if l.Attempts > 0 {
		h[HeaderAttempts] = int64(l.Attempts)
		h[HeaderFirst] = l.First.Format(time.RFC3339Nano)
		h[HeaderLast] = l.Last.Format(time.RFC3339Nano)
	}
	moveHeader(h, "CC", HeaderCC)
	moveHeader(h, "BCC", HeaderBCC)
	if p.UserId != "" {
		h[HeaderUserID], p.UserId = p.UserId, ""
	}
	if p.Expiration != "" {
		h[HeaderExpiration], p.Expiration = p.Expiration, ""
	}
	p.Headers, p.DeliveryMode = h, amqp.Persistent
	return p
}

func moveHeader(h amqp.Table, from, to string) {
	if v, ok := h[from]; ok {
		h[to] = v
		delete(h, from)
	}
}

// letterOf returns the letter in a delivery of a dead-letter queue, with the original message.
func letterOf(in *amqp.Delivery, queue string) (letter message.DeadLetter, looks int64) {
	text := func(name string) string {
		s, _ := in.Headers[name].(string)
		return s
	}
	at := func(name string) time.Time {
		t, _ := time.Parse(time.RFC3339Nano, text(name)) // zero if it was tampered with
		return t
	}
	var out message.DeadLetter
	looks, _ = in.Headers[broker.HeaderDeliveryCount].(int64)
	out.Sink = message.PlainText(text(HeaderSink), message.MaxSink)
	out.Reason = message.PlainText(text(HeaderReason), message.MaxReason)
	out.Error = message.PlainText(text(HeaderError), message.MaxError)
	out.Time, out.First, out.Last = at(HeaderTime), at(HeaderFirst), at(HeaderLast)
	attempts, _ := in.Headers[HeaderAttempts].(int64)
	out.Attempts = int(attempts)
	d := message.New(in, text(HeaderQueue), 0, time.Time{})
	d.Headers = maps.Clone(d.Headers)
	for _, name := range append(deathHeaders(), broker.HeaderDeliveryCount) {
		delete(d.Headers, name)
	}
	Restore(d)
	if d.Queue == "" {
		d.Queue = queue
	}
	out.Delivery = d
	return out, looks
}

// deathHeaders returns the names of the headers that are not part of the original message.
func deathHeaders() []string {
	return []string{HeaderReason, HeaderError, HeaderTime, HeaderQueue, HeaderSink, HeaderAttempts, HeaderFirst, HeaderLast}
}

// Restore restores the original exchange, routing key and properties of a message that was
// sent back from the dead letters. Such a message comes through the default exchange with
// these headers; only those who may publish to the queue anyway can set them.
func Restore(d *message.Delivery) {
	key, ok := d.Headers[HeaderRoutingKey].(string)
	if !ok || d.Exchange != "" {
		return
	}
	d.RoutingKey = key
	d.Exchange, _ = d.Headers[HeaderExchange].(string)
	if user, ok := d.Headers[HeaderUserID].(string); ok {
		d.UserID = user
	}
	if expiration, ok := d.Headers[HeaderExpiration].(string); ok {
		d.Expiration = expiration
	}
	h := amqp.Table(maps.Clone(d.Headers))
	moveHeader(h, HeaderCC, "CC")
	moveHeader(h, HeaderBCC, "BCC")
	for _, name := range []string{HeaderRoutingKey, HeaderExchange, HeaderUserID, HeaderExpiration} {
		delete(h, name)
	}
	d.Headers = h
}
