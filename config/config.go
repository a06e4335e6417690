package config

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Config is the whole configuration. One that [Load], [Parse] or [FromFlags]
// returned is complete: every key has its value and every rule holds.
type Config struct {
	Instance      string        `yaml:"instance" doc:"The name of the Koji instance, as events carry it." example:"fedora"`
	StateDir      string        `yaml:"state_dir" format:"path" doc:"The folder for state that survives a restart." derived:"$STATE_DIRECTORY (set by systemd), else $XDG_STATE_HOME/kojiwatch, else ~/.local/state/kojiwatch" example:"/var/lib/kojiwatch"`
	Broker        Broker        `yaml:"broker" required:"true" doc:"The RabbitMQ broker the messages come from."`
	Hub           Hub           `yaml:"hub" doc:"The Koji hub the messages are about. With profile or server it is asked for facts that messages lack; without both it is never called."`
	Cache         Cache         `yaml:"cache" doc:"The cache of names for ids, from the hub and from messages, so that the hub is asked once."`
	Estimates     Estimates     `yaml:"estimates" doc:"Estimates of how long tasks and builds will take, learnt from those that have ended."`
	Reconcile     Reconcile     `yaml:"reconcile" doc:"Repair of what messages did not tell: the hub is asked for it, and each sink gets what it was not told, as usual events with origin reconciled. Needs a hub, and the right to publish to the sinks' queues. It is off unless on_start or every is set."`
	Users         Users         `yaml:"users" doc:"Your accounts and the accounts of programs, for filters."`
	Sinks         []Sink        `yaml:"sinks" required:"true" doc:"Where events go. Each sink has a queue of its own on the broker and runs independently, so that a slow sink does not delay the others."`
	ShutdownGrace time.Duration `yaml:"shutdown_grace" default:"20s" min:"0" max:"1h" doc:"How long messages in progress may take to finish when kojiwatch stops. Unfinished ones are delivered again."`
	Limits        Limits        `yaml:"limits" doc:"Limits on messages from the broker. A message beyond them becomes a dead letter."`
	Admin         Admin         `yaml:"admin" doc:"The listener for operators: metrics for Prometheus, health and readiness."`
	Board         Board         `yaml:"board" doc:"The live board: pages for everybody that show the build system as it is now, and an API. See docs/board.md."`
	Tracing       Tracing       `yaml:"tracing" doc:"Traces for OpenTelemetry: what happened to each delivery, step by step."`
	Log           Log           `yaml:"log" doc:"kojiwatch's own log, written to standard error."`

	report *schema.Report // knows where the values come from; nil: made in Go
}

// Limits bounds a single message.
type Limits struct {
	Body  values.ByteSize `yaml:"body" default:"16MiB" min:"1KiB" max:"512MiB" doc:"The largest body."`
	Depth int             `yaml:"depth" default:"64" min:"8" max:"1000" doc:"How deep the lists and objects of a body are read. Deeper levels are left out of the event, but raw has them."`
}

// LogLevel is the least severity that is logged.
type LogLevel string

// The levels of the log.
const (
	LogDebug LogLevel = "debug"
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// LogFormat says how a line of the log is written.
type LogFormat string

// The formats of the log.
const (
	LogAuto    LogFormat = "auto"
	LogJSON    LogFormat = "json"
	LogConsole LogFormat = "console"
)

// Log configures kojiwatch's own log.
type Log struct {
	Level  LogLevel  `yaml:"level" default:"info" enum:"debug,info,warn,error" doc:"The least severity that is logged."`
	Format LogFormat `yaml:"format" default:"auto" enum:"auto,json,console" doc:"How a line is written: auto is console on a terminal and json elsewhere."`
}

// Validate checks a configuration that was put together or changed in Go. A
// broken rule is in the error, an [*Error], under the name its key has in the file.
func (c *Config) Validate() error {
	r := &schema.Report{}
	c.check(r)
	return r.Err()
}

// check reports every rule the configuration breaks: first those that tags
// state, key by key, then those about keys together.
func (c *Config) check(r *schema.Report) {
	schema.Check(r, "", c)
	c.checkTop(r)
	c.Broker.check(r)
	c.Hub.check(r)
	c.Reconcile.check(r, &c.Hub)
	c.Admin.check(r)
	c.Board.check(r)
	c.Tracing.check(r)
	checkSinks(r, c.Sinks)
	c.checkFailure(r)
}

// Error is every mistake in a configuration, in the order of the file.
type Error = schema.Error

// Problem is one mistake in a configuration.
type Problem = schema.Problem

// JSONSchema returns the JSON Schema (2020-12) of the file, for editors.
func JSONSchema() []byte { return schema.JSON(&Config{}) }

// Reference returns the reference of the file in Markdown.
func Reference() string { return schema.Reference(&Config{}) }

// Manual returns the reference of the file as a manual page for section 5, in the
// Markdown that md2man makes pages of, without the line for its title.
func Manual() string { return schema.Manual(&Config{}) }
