package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

var sinkName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func checkSinks(r *schema.Report, sinks []Sink) {
	names, queues := map[string]int{}, map[string]int{}
	for i := range sinks {
		sink, key := &sinks[i], schema.Item("sinks", i)
		sink.check(r, key)
		if other, taken := names[sink.Name]; taken && sink.Name != "" {
			r.Add(key+".name", "%s is the name of %s too; each sink needs its own", r.Show(key+".name", sink.Name), schema.Item("sinks", other))
			continue // the queues have the same name, too
		}
		names[sink.Name] = i
		if other, taken := queues[sink.Queue.Name]; taken && sink.Queue.Name != "" {
			switch shown := r.Show(key+".queue.name", sink.Queue.Name); {
			case sink.Queue.Type != QueueStream || sinks[other].Queue.Type != QueueStream:
				r.Add(key+".queue.name", "%s is the queue of %s too; each message would reach only one of them", shown, schema.Item("sinks", other))
			case !sink.sharesStream(&sinks[other]):
				r.Add(key+".queue.name", "%s is the stream of %s too, whose topics, exchange and queue must then be the same, but for queue.offset", shown, schema.Item("sinks", other))
			}
			continue
		}
		queues[sink.Queue.Name] = i
	}
}

// sharesStream reports whether two sinks declare one stream alike, which both get all of.
func (s *Sink) sharesStream(other *Sink) bool {
	differ := func(key string) bool {
		return key == "topics" || key == "exchange" || strings.HasPrefix(key, "queue.") && key != "queue.offset"
	}
	return !slices.ContainsFunc(s.Changes(other), differ)
}

// checkFailure reports sinks that need a hub if there is none.
func (c *Config) checkFailure(r *schema.Report) {
	if c.Hub.Configured() || r.Failed("hub.profile") || r.Failed("hub.server") {
		return
	}
	for i := range c.Sinks {
		if key := schema.Item("sinks", i) + ".failure"; c.Sinks[i].Failure && !r.Failed(key) {
			r.Add(key, "is about a hub, but there is none; set %s or %s", r.Name("hub.profile"), r.Name("hub.server"))
		}
	}
}

// checker is implemented by the sections of sink types that have rules about
// several keys. Key is the name of the sink in the file.
type checker interface {
	Check(r *schema.Report, key, sinkType string)
}

func (s *Sink) check(r *schema.Report, key string) {
	if s.Name != "" && !r.Failed(key+".name") && !sinkName.MatchString(s.Name) {
		r.Add(key+".name", "%s is not a name for a sink; use lower-case letters, digits and dashes within, 63 at most", r.Show(key+".name", s.Name))
	}
	if s.Exchange == "" && !r.Failed(key+".exchange") {
		r.Add(key+".exchange", "is empty, which is the exchange that nothing can be bound to")
	}
	own := schema.Own(s)
	if own == nil && s.Type == SinkStdout {
		r.Add(key, "lacks the settings of its type; make it with NewSink")
	}
	if own, ok := own.(checker); ok {
		own.Check(r, key, string(s.Type))
	}
	s.checkWaiting(r, key)
	s.checkTopics(r, key+".topics")
	s.Queue.check(r, key+".queue")
}

// checkWaiting reports settings that hold events for too long before they are sent, since
// their messages are not acknowledged meanwhile.
func (s *Sink) checkWaiting(r *schema.Report, key string) {
	var interval, age time.Duration
	batch := 0
	switch {
	case s.Webhook != nil:
		interval, age, batch = s.Webhook.Interval, s.Webhook.BatchAge, s.Webhook.Batch
	case s.Email != nil:
		interval, batch = s.Email.Interval, s.Email.Batch
	}
	if at := schema.Join(key, "batch"); r.Given(at) && batch > s.Prefetch && !r.Failed(at) && !r.Failed(schema.Join(key, "prefetch")) {
		r.Add(at, "must not be more than prefetch, which is %d: so many messages are in work at once", s.Prefetch)
	}
	if longest := s.Retry.HoldLimit / 2; max(interval, age) > longest && !r.Failed(key+".retry.hold_limit") {
		name := "interval"
		if age > interval {
			name = "batch_age"
		}
		r.Add(schema.Join(key, name), "messages are held for so long; it must be at most half of retry.hold_limit, which is %s now", s.Retry.HoldLimit)
	}
}

func (s *Sink) checkTopics(r *schema.Report, key string) {
	switch {
	case r.Broken(key):
	case len(s.Topics) == 0 && s.Queue.Declare == DeclareActive:
		r.Add(key, "at least one is needed; \"#\" takes every message")
	case s.Queue.Declare == DeclareNone && r.Given(key):
		r.Add(key, "with queue.declare none kojiwatch binds nothing; take the topics away")
	}
	seen := map[string]bool{}
	for i, topic := range s.Topics {
		at, again := schema.Item(key, i), seen[topic]
		seen[topic] = true
		switch {
		case r.Failed(at):
		case topic == "":
			r.Add(at, "is empty; \"#\" takes every message")
		case again:
			r.Add(at, "is there twice")
		case slices.ContainsFunc(strings.Split(topic, "."), halfWildcard):
			r.Add(at, "%s can match nothing: * and # stand for whole words, between dots", r.Show(at, topic))
		}
	}
}

// halfWildcard reports whether a wildcard is part of a longer word, in which it is an
// ordinary character that no topic contains.
func halfWildcard(word string) bool {
	return strings.ContainsAny(word, "*#") && word != "*" && word != "#"
}

func (q *Queue) check(r *schema.Report, key string) {
	for _, rule := range q.rules(r.Given(key + ".durable")) {
		unsure := func(name string) bool { return r.Failed(schema.Join(key, name)) }
		if rule.broken && !slices.ContainsFunc(rule.keys, unsure) {
			r.Add(schema.Join(key, rule.keys[0]), "%s", rule.message)
		}
	}
	named := r.Failed(schema.Around(key)+".name") || r.Failed(key+".name") || r.Failed(key+".exclusive")
	if q.Name == "" && !q.Exclusive && !named {
		r.Add(key+".name", "is empty, so that the broker chooses one; that is for exclusive queues, or the queue would be lost with the first connection")
	}
	q.checkOffset(r, key+".offset")
	q.checkArguments(r, key+".arguments")
}

// checkOffset reports places that no stream has.
func (q *Queue) checkOffset(r *schema.Report, key string) {
	if r.Failed(key) || q.Type != QueueStream {
		return
	}
	if _, err := values.ParseStreamOffset(q.Offset); err != nil {
		r.Add(key, "%s %v", r.Show(key, q.Offset), err)
	}
}

// queueRule is a rule about several keys of a queue. Errors are reported for the first.
type queueRule struct {
	broken  bool
	keys    []string
	message string
}

func (q *Queue) rules(durableGiven bool) []queueRule {
	quorum, stream, active := q.Type == QueueQuorum, q.Type == QueueStream, q.Declare == DeclareActive
	return []queueRule{
		{active && strings.HasPrefix(q.Name, "amq."), []string{"name", "declare"}, "names that begin with amq. are the broker's own; it refuses to create one"},
		{quorum && q.Exclusive, []string{"exclusive", "type"}, "a quorum queue cannot be exclusive"},
		{quorum && !q.Durable && (durableGiven || !q.Exclusive), []string{"durable", "type"}, "a quorum queue is always durable"},
		{quorum && q.AutoDelete, []string{"auto_delete", "type"}, "a quorum queue cannot delete itself"},
		{stream && q.Exclusive, []string{"exclusive", "type"}, "a stream cannot be exclusive"},
		{stream && !q.Durable && (durableGiven || !q.Exclusive), []string{"durable", "type"}, "a stream is always durable"},
		{stream && q.AutoDelete, []string{"auto_delete", "type"}, "a stream cannot delete itself"},
		{stream && q.SingleActiveConsumer, []string{"single_active_consumer", "type"}, "a stream has none; of processes that share the folder streams in state_dir one reads it, and the others stand by (docs/streams.md)"},
		{!stream && q.Offset != "", []string{"offset", "type"}, "is about streams; set type: stream, or take it away"},
		{q.SingleActiveConsumer && q.Exclusive, []string{"single_active_consumer", "exclusive"}, "an exclusive queue has one consumer anyway"},
		{q.ConsumerPriority > 0 && (stream || q.Exclusive), []string{"consumer_priority", "type"}, "is for a queue that several processes consume, one at a time"},
		{!active && q.Exclusive, []string{"declare", "exclusive"}, "an exclusive queue belongs to the connection that creates it, so kojiwatch must; set declare: active"},
		{!active && len(q.Arguments) > 0, []string{"arguments", "declare"}, "are for creating the queue, which declare leaves to others"},
	}
}

// checkArguments reports arguments that RabbitMQ would refuse or that have a key of their
// own.
func (q *Queue) checkArguments(r *schema.Report, key string) {
	keys := map[string]string{"x-queue-type": "type", "x-single-active-consumer": "single_active_consumer"}
	least := map[string]int64{"x-message-ttl": 0, "x-max-length": 0, "x-max-length-bytes": 0, "x-max-priority": 0, "x-expires": 1}
	for name, value := range q.Arguments {
		at := schema.Join(key, name)
		if r.Failed(at) {
			continue
		}
		if own, found := keys[name]; found {
			r.Add(at, "has a key of its own; write queue.%s", own)
		}
		if reason := q.noArgument(name, value); reason != "" {
			r.Add(at, "%s", reason)
			continue
		}
		if minimum, found := least[name]; found && !atLeast(value, minimum) {
			r.Add(at, "must be a whole number, %d or more", minimum)
		}
		if overflow := []any{"drop-head", "reject-publish", "reject-publish-dlx"}; name == "x-overflow" && !slices.Contains(overflow, value) {
			r.Add(at, "must be drop-head, reject-publish or reject-publish-dlx")
		}
	}
}

// maxAge is the form of x-max-age.
var maxAge = regexp.MustCompile(`^[0-9]+[YMDhms]$`)

// noArgument says what is wrong with an argument for this type of queue; "" is nothing.
func (q *Queue) noArgument(name string, value any) string {
	ofStreams := []string{"x-max-age", "x-stream-max-segment-size-bytes", "x-stream-filter-size-bytes"}
	ofOthers := []string{
		"x-message-ttl", "x-expires", "x-max-length", "x-max-priority", "x-overflow", "x-dead-letter-exchange",
		"x-dead-letter-routing-key", "x-dead-letter-strategy", "x-delivery-limit", "x-queue-mode", "x-queue-version",
	}
	age, _ := value.(string)
	switch {
	case q.Type == QueueStream && slices.Contains(ofOthers, name):
		return "streams do not have it; x-max-age and x-max-length-bytes limit what a stream keeps"
	case q.Type != QueueStream && slices.Contains(ofStreams, name):
		return "is about streams; set queue.type: stream, or take it away"
	case name == "x-max-age" && !maxAge.MatchString(age):
		return "must be a number and a unit: Y, M, D, h, m or s, as in 7D"
	}
	return ""
}

func atLeast(value any, minimum int64) bool {
	switch number := value.(type) {
	case int64:
		return number >= minimum
	case int:
		return int64(number) >= minimum
	default:
		return false
	}
}
