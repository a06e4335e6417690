package amqp

import "github.com/kojiwatch/kojiwatch/config/schema"

// Config holds the keys of an amqp sink.
type Config struct {
	PublishTo       string     `yaml:"publish_to" required:"true" doc:"The exchange that events are published to, on the broker that messages come from, over a separate connection." example:"kojiwatch"`
	RoutingKey      string     `yaml:"routing_key" default:"kojiwatch.{kind}.{state}.{package}" doc:"The routing key: words between dots, of which {kind}, {type}, {state}, {package}, {method}, {owner}, {tag}, {target} and {instance} stand for facts of the event. In their values, any character other than a letter, a digit or one of - _ + ~ becomes an underscore; a missing fact becomes a dash."`
	Unroutable      Unroutable `yaml:"unroutable" default:"retry" enum:"retry,drop,dead" doc:"What to do with an event for which no queue is bound: retry waits until there is one, and so do later events; drop discards it; dead makes it a dead letter."`
	DeclareExchange bool       `yaml:"declare_exchange" default:"false" doc:"Declare the exchange, durable and of type topic. Otherwise it must exist."`
}

// Check reports an invalid routing key.
func (c *Config) Check(r *schema.Report, key, _ string) {
	at := schema.Join(key, "routing_key")
	if _, err := ParseKey(c.RoutingKey); err != nil && !r.Failed(at) {
		r.Add(at, "%v", err)
	}
}
