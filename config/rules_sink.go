package config

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var sinkName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func checkSinks(r *report, sinks []Sink) {
	names, queues := map[string]int{}, map[string]int{}
	for i := range sinks {
		sink, key := &sinks[i], item("sinks", i)
		sink.check(r, key)
		if other, taken := names[sink.Name]; taken && sink.Name != "" {
			r.add(key+".name", "%s is the name of %s too; each sink needs its own", r.show(key+".name", sink.Name), item("sinks", other))
			continue // and so the names of the queues are the same
		}
		names[sink.Name] = i
		if other, taken := queues[sink.Queue.Name]; taken && sink.Queue.Name != "" {
			r.add(key+".queue.name", "%s is the queue of %s too; each message would reach only one of them", r.show(key+".queue.name", sink.Queue.Name), item("sinks", other))
			continue
		}
		queues[sink.Queue.Name] = i
	}
}

func (s *Sink) check(r *report, key string) {
	if s.Name != "" && !r.failed(key+".name") && !sinkName.MatchString(s.Name) {
		r.add(key+".name", "%s is not a name for a sink; use lower-case letters, digits and dashes within, 63 at most", r.show(key+".name", s.Name))
	}
	if s.Exchange == "" && !r.failed(key+".exchange") {
		r.add(key+".exchange", "is empty, which is the exchange that nothing can be bound to")
	}
	if out := s.Stdout; out != nil && out.Format != StdoutText && out.Color != ColorAuto && !r.failed(key+".format") && !r.failed(key+".color") {
		r.add(key+".color", "is for format text only")
	}
	if s.Stdout == nil && s.Type == SinkStdout {
		r.add(key, "lacks the settings of its type; make it with NewSink")
	}
	if s.Webhook != nil {
		s.Webhook.check(r, key, s.Type)
	}
	if s.Email != nil {
		s.Email.check(r, key)
	}
	s.checkWaiting(r, key)
	s.checkTopics(r, key+".topics")
	s.Queue.check(r, key+".queue")
}

// checkWaiting reports events that are held for too long before they are sent: their
// messages have no verdict meanwhile.
func (s *Sink) checkWaiting(r *report, key string) {
	var interval, age time.Duration
	batch := 0
	switch {
	case s.Webhook != nil:
		interval, age, batch = s.Webhook.Interval, s.Webhook.BatchAge, s.Webhook.Batch
	case s.Email != nil:
		interval, batch = s.Email.Interval, s.Email.Batch
	}
	if at := join(key, "batch"); r.given(at) && batch > s.Prefetch && !r.failed(at) && !r.failed(join(key, "prefetch")) {
		r.add(at, "must not be more than prefetch, which is %d: so many messages are in work at once", s.Prefetch)
	}
	if longest := s.Retry.HoldLimit / 2; max(interval, age) > longest && !r.failed(key+".retry.hold_limit") {
		name := "interval"
		if age > interval {
			name = "batch_age"
		}
		r.add(join(key, name), "messages are held for so long; it must be at most half of retry.hold_limit, which is %s now", s.Retry.HoldLimit)
	}
}

func (s *Sink) checkTopics(r *report, key string) {
	switch {
	case r.broken[key]:
	case len(s.Topics) == 0 && s.Queue.Declare == DeclareActive:
		r.add(key, "at least one is needed; \"#\" takes every message")
	case s.Queue.Declare == DeclareNone && r.given(key):
		r.add(key, "with queue.declare none kojiwatch binds nothing; take the topics away")
	}
	seen := map[string]bool{}
	for i, topic := range s.Topics {
		at, again := item(key, i), seen[topic]
		seen[topic] = true
		switch {
		case r.failed(at):
		case topic == "":
			r.add(at, "is empty; \"#\" takes every message")
		case again:
			r.add(at, "is there twice")
		case slices.ContainsFunc(strings.Split(topic, "."), halfWildcard):
			r.add(at, "%s can match nothing: * and # stand for whole words, between dots", r.show(at, topic))
		}
	}
}

// halfWildcard tells whether a wildcard is part of a word, where it is an
// ordinary character that no topic has.
func halfWildcard(word string) bool {
	return strings.ContainsAny(word, "*#") && word != "*" && word != "#"
}

func (q *Queue) check(r *report, key string) {
	for _, rule := range q.rules(r.given(key + ".durable")) {
		unsure := func(name string) bool { return r.failed(join(key, name)) }
		if rule.broken && !slices.ContainsFunc(rule.keys, unsure) {
			r.add(join(key, rule.keys[0]), "%s", rule.message)
		}
	}
	named := r.failed(around(key)+".name") || r.failed(key+".name") || r.failed(key+".exclusive")
	if q.Name == "" && !q.Exclusive && !named {
		r.add(key+".name", "is empty, so that the broker chooses one; that is for exclusive queues, or the queue would be lost with the first connection")
	}
	q.checkArguments(r, key+".arguments")
}

// queueRule is a rule about several keys of a queue, of which the first is the
// one to change.
type queueRule struct {
	broken  bool
	keys    []string
	message string
}

func (q *Queue) rules(durableGiven bool) []queueRule {
	quorum, active := q.Type == QueueQuorum, q.Declare == DeclareActive
	return []queueRule{
		{active && strings.HasPrefix(q.Name, "amq."), []string{"name", "declare"}, "names that begin with amq. are the broker's own; it refuses to create one"},
		{quorum && q.Exclusive, []string{"exclusive", "type"}, "a quorum queue cannot be exclusive"},
		{quorum && !q.Durable && (durableGiven || !q.Exclusive), []string{"durable", "type"}, "a quorum queue is always durable"},
		{quorum && q.AutoDelete, []string{"auto_delete", "type"}, "a quorum queue cannot delete itself"},
		{q.SingleActiveConsumer && q.Exclusive, []string{"single_active_consumer", "exclusive"}, "an exclusive queue has one consumer anyway"},
		{!active && q.Exclusive, []string{"declare", "exclusive"}, "an exclusive queue belongs to the connection that creates it, so kojiwatch must; set declare: active"},
		{!active && len(q.Arguments) > 0, []string{"arguments", "declare"}, "are for creating the queue, which declare leaves to others"},
	}
}

// checkArguments reports arguments that RabbitMQ would refuse or that have keys
// of their own.
func (q *Queue) checkArguments(r *report, key string) {
	keys := map[string]string{"x-queue-type": "type", "x-single-active-consumer": "single_active_consumer"}
	least := map[string]int64{"x-message-ttl": 0, "x-max-length": 0, "x-max-length-bytes": 0, "x-max-priority": 0, "x-expires": 1}
	for name, value := range q.Arguments {
		at := join(key, name)
		if r.failed(at) {
			continue
		}
		if own, found := keys[name]; found {
			r.add(at, "has a key of its own; write queue.%s", own)
		}
		if minimum, found := least[name]; found && !atLeast(value, minimum) {
			r.add(at, "must be a whole number, %d or more", minimum)
		}
		if overflow := []any{"drop-head", "reject-publish", "reject-publish-dlx"}; name == "x-overflow" && !slices.Contains(overflow, value) {
			r.add(at, "must be drop-head, reject-publish or reject-publish-dlx")
		}
	}
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
