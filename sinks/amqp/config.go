package amqp

import "github.com/kojiwatch/kojiwatch/config/schema"

// Config holds the keys of an amqp sink.
type Config struct {
	PublishTo       string     `yaml:"publish_to" required:"true" doc:"The exchange that events are published to, on the broker that messages come from, over a connection of its own." example:"kojiwatch"`
	RoutingKey      string     `yaml:"routing_key" default:"kojiwatch.{kind}.{state}.{package}" doc:"The routing key: words between dots, of which {kind}, {type}, {state}, {package}, {method}, {owner}, {tag}, {target} and {instance} stand for what the event says. In these, whatever is not a letter, a digit or one of - _ + ~ becomes an underscore; what an event lacks is a dash."`
	Unroutable      Unroutable `yaml:"unroutable" default:"retry" enum:"retry,drop,dead" doc:"What becomes of an event that no queue is bound for: retry waits until there is one, and those behind it wait too; drop takes it for unwanted; dead makes it a dead letter."`
	DeclareExchange bool       `yaml:"declare_exchange" default:"false" doc:"Declare the exchange, durable and of type topic. Else it must exist."`
}

// Check reports a routing key that is none.
func (c *Config) Check(r *schema.Report, key, _ string) {
	at := schema.Join(key, "routing_key")
	if _, err := ParseKey(c.RoutingKey); err != nil && !r.Failed(at) {
		r.Add(at, "%v", err)
	}
}
