package config

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Config is the whole configuration. If it was returned by [Load], [Parse] or [FromFlags],
// it is complete and valid.
type Config struct {
	Instance      string        `yaml:"instance" doc:"The name of the Koji instance in events." example:"fedora"`
	StateDir      string        `yaml:"state_dir" format:"path" doc:"The folder for state that survives a restart." derived:"$STATE_DIRECTORY (set by systemd), else $XDG_STATE_HOME/kojiwatch, else ~/.local/state/kojiwatch" example:"/var/lib/kojiwatch"`
	Broker        Broker        `yaml:"broker" required:"true" doc:"The RabbitMQ broker the messages come from."`
	Hub           Hub           `yaml:"hub" doc:"The Koji hub the messages are about. With profile or server it is asked for facts that messages lack; without both it is never called."`
	Cache         Cache         `yaml:"cache" doc:"The cache of names by id, from the hub and from messages, so that the hub is asked only once."`
	Estimates     Estimates     `yaml:"estimates" doc:"Estimates of how long tasks and builds will take, from the durations of earlier ones."`
	State         State         `yaml:"state" doc:"Where the state that estimates need comes from, for several replicas."`
	Reconcile     Reconcile     `yaml:"reconcile" doc:"Recovery of lost messages: kojiwatch asks the hub what has changed, and each sink gets the events it missed, with origin reconciled. Needs a hub, and the right to publish to the sinks' queues. It is off unless on_start or every is set."`
	Users         Users         `yaml:"users" doc:"Your accounts and the accounts of programs, for filters."`
	Sinks         []Sink        `yaml:"sinks" required:"true" doc:"Where events go. Each sink has a queue of its own on the broker and runs independently, so that a slow sink does not delay the others."`
	Campaigns     []Campaign    `yaml:"campaigns" doc:"Sets of builds that the daemon follows from its start on; kojiwatch campaign starts others. Sinks get an event at each step. docs/campaigns.md says what belongs to one."`
	Sentinel      Sentinel      `yaml:"sentinel" doc:"Alerts about the build system: hosts, queues, tasks and targets that need attention. They are logged, counted in kojiwatch_koji_alerts, and sent to the sinks as events of type Alert."`
	ShutdownGrace time.Duration `yaml:"shutdown_grace" default:"20s" min:"0" max:"1h" doc:"How long messages in progress may take to finish when kojiwatch stops. Unfinished ones are delivered again."`
	Limits        Limits        `yaml:"limits" doc:"Limits on messages from the broker. A message beyond them becomes a dead letter."`
	Admin         Admin         `yaml:"admin" doc:"The HTTP listener for operators: metrics for Prometheus, health and readiness."`
	Board         Board         `yaml:"board" doc:"The live board: web pages that show the current state of the build system, and an API. See docs/board.md."`
	Tracing       Tracing       `yaml:"tracing" doc:"Traces for OpenTelemetry, with the steps of each delivery."`
	Log           Log           `yaml:"log" doc:"kojiwatch's own log, written to standard error."`

	report *schema.Report // has the positions of the values; nil if made in Go
}

// Limits bounds a single message.
type Limits struct {
	Body  values.ByteSize `yaml:"body" default:"16MiB" min:"1KiB" max:"512MiB" doc:"The largest body."`
	Depth int             `yaml:"depth" default:"64" min:"8" max:"1000" doc:"How many levels of lists and objects of a body are read. Deeper levels are omitted from the event, but are in raw."`
}

// LogLevel is the minimum severity that is logged.
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

// Validate checks a configuration that was made or changed in Go. The error is an [*Error]
// with the names of keys in the file.
func (c *Config) Validate() error {
	r := &schema.Report{}
	c.check(r)
	return r.Err()
}

// check reports every broken rule: first those of the tags of single keys, then those about
// several keys.
func (c *Config) check(r *schema.Report) {
	schema.Check(r, "", c)
	c.checkTop(r)
	c.Broker.check(r)
	c.Hub.check(r)
	c.Reconcile.check(r, &c.Hub)
	c.State.check(r, c)
	c.Admin.check(r)
	c.Board.check(r)
	c.Tracing.check(r)
	checkSinks(r, c.Sinks)
	checkCampaigns(r, c.Campaigns)
	c.Sentinel.check(r)
	c.checkOverdue(r)
	c.checkFailure(r)
}

// Error holds all mistakes in a configuration, in the order of the file.
type Error = schema.Error

// Problem is one mistake in a configuration.
type Problem = schema.Problem

// JSONSchema returns the JSON Schema (2020-12) of the file, for editors.
func JSONSchema() []byte { return schema.JSON(&Config{}) }

// Reference returns the reference of the file in Markdown.
func Reference() string { return schema.Reference(&Config{}) }

// Manual returns the reference of the file as a manual page for section 5, in the Markdown
// of md2man, without the title line.
func Manual() string { return schema.Manual(&Config{}) }
