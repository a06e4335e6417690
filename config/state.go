package config

import (
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// State configures what the daemon makes its state of: the history of durations, the tasks
// that it follows, and the scores of estimates.
type State struct {
	Stream  string        `yaml:"stream" doc:"A RabbitMQ stream that each replica reads all of, so that estimates are the same on every replica (docs/howto/high-availability.md). Without it, a replica learns from the messages that its own sinks get." example:"kojiwatch.state"`
	MaxAge  time.Duration `yaml:"max_age" default:"7d" min:"1h" max:"90d" doc:"How long the stream keeps messages, for replicas that were away and for new ones. It cannot be changed for a stream that exists."`
	Declare Declare       `yaml:"declare" default:"active" enum:"active,passive,none" doc:"How the stream is set up: active creates and binds it, passive checks that it exists and binds it, none uses stream and bindings as they are."`
}

func (s *State) check(r *schema.Report, c *Config) {
	const key = "state.stream"
	if s.Stream == "" || r.Failed(key) {
		return
	}
	if !c.Estimates.Enabled && !r.Failed("estimates.enabled") {
		r.Add(key, "is read for estimates, which are off; set %s, or take it away", r.Name("estimates.enabled"))
	}
	if s.Declare == DeclareActive && strings.HasPrefix(s.Stream, "amq.") {
		r.Add(key, "names that begin with amq. are the broker's own; it refuses to create one")
	}
	for i := range c.Sinks {
		if c.Sinks[i].Queue.Name == s.Stream {
			r.Add(key, "%s is the queue of %s too; the state needs a stream of its own", r.Show(key, s.Stream), schema.Item("sinks", i))
		}
	}
}
