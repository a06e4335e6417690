package config

import (
	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
	"github.com/kojiwatch/kojiwatch/sinks/email"
	"github.com/kojiwatch/kojiwatch/sinks/exec"
	"github.com/kojiwatch/kojiwatch/sinks/file"
	"github.com/kojiwatch/kojiwatch/sinks/log"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// SinkType is the type of a sink.
type SinkType string

// The types of sinks.
const (
	SinkStdout     SinkType = "stdout"
	SinkLog        SinkType = "log"
	SinkAMQP       SinkType = "amqp"
	SinkFile       SinkType = "file"
	SinkExec       SinkType = "exec"
	SinkEmail      SinkType = "email"
	SinkWebhook    SinkType = "webhook"
	SinkSlack      SinkType = "slack"
	SinkMattermost SinkType = "mattermost"
	SinkMatrix     SinkType = "matrix"
	SinkDiscord    SinkType = "discord"
	SinkTeams      SinkType = "teams"
	SinkNtfy       SinkType = "ntfy"
)

// DeadLetters is where a sink's dead letters go.
type DeadLetters string

// The places for dead letters.
const (
	DeadLettersQueue DeadLetters = "queue"
	DeadLettersFile  DeadLetters = "file"
)

// Sink configures a sink and its queue. Of the sections defined by the sinks' packages, only
// that of the sink's own type is not nil.
type Sink struct {
	Name        string          `yaml:"name" required:"true" doc:"The sink's name in logs, queue names and state files: lower-case letters, digits and dashes. Each sink has its own." example:"terminal"`
	Type        SinkType        `yaml:"type" required:"true" enum:"stdout,log,file,exec,amqp,webhook,slack,mattermost,matrix,discord,teams,ntfy,email" doc:"What the sink does with events: stdout writes them to standard output, log into kojiwatch's own log, file into a file; exec runs a program for each; amqp publishes them to an exchange; webhook posts them to a web server; email sends mails; the others write to a chat. docs/sinks.md has more." example:"stdout"`
	Topics      []string        `yaml:"topics" also:"bindings,binding_key,binding_keys,routing_key,routing_keys" default:"koji.#, #.buildsys.#" doc:"The binding keys, which select the messages for the sink's queue. In a key, * stands for one word and # for any number of words. The default takes everything from Koji's own plugin, whose topics usually begin with koji, and from Fedora Messaging, whatever its prefix; a message that matches two keys still arrives once. If kojiwatch does not declare the queue, there is no default: the queue has its bindings."`
	Exchange    string          `yaml:"exchange" default:"amq.topic" doc:"The exchange the hub publishes to. kojiwatch binds to it and never declares it."`
	Queue       Queue           `yaml:"queue" doc:"The sink's queue on the broker."`
	Prefetch    int             `yaml:"prefetch" default:"500" min:"1" max:"65535" doc:"How many messages may be unacknowledged at once."`
	DeadLetters DeadLetters     `yaml:"dead_letters" enum:"queue,file" derived:"queue; file if the queue is exclusive or not declared by kojiwatch" doc:"Where to put messages that cannot be delivered: queue is a second queue on the broker, file is a file in state_dir, for brokers that do not let kojiwatch publish." example:"queue"`
	Raw         bool            `yaml:"raw" default:"false" doc:"Put the original body of the message into its event."`
	Failure     bool            `yaml:"failure" default:"false" doc:"Find out why tasks and builds failed: their events get failure, with the arch, the log and the line that states the cause. Each failure takes several calls to the hub, and its event may wait for them up to hub.budget."`
	Retry       Retry           `yaml:"retry" doc:"How long to retry when the sink fails."`
	Filter      Filter          `yaml:",inline"`
	Stdout      *stdout.Config  `yaml:",inline" sink:"stdout"`
	Log         *log.Config     `yaml:",inline" sink:"log"`
	File        *file.Config    `yaml:",inline" sink:"file"`
	Exec        *exec.Config    `yaml:",inline" sink:"exec"`
	AMQP        *amqp.Config    `yaml:",inline" sink:"amqp"`
	Webhook     *webhook.Config `yaml:",inline" sink:"webhook,slack,mattermost,matrix,discord,teams,ntfy"`
	Email       *email.Config   `yaml:",inline" sink:"email"`
}

// QueueType is a RabbitMQ queue type.
type QueueType string

// The queue types.
const (
	QueueClassic QueueType = "classic"
	QueueQuorum  QueueType = "quorum"
	QueueStream  QueueType = "stream"
)

// Declare says how a queue is set up.
type Declare string

// The choices of [Declare].
const (
	DeclareActive  Declare = "active"
	DeclarePassive Declare = "passive"
	DeclareNone    Declare = "none"
)

// Queue is a sink's queue on the broker.
type Queue struct {
	Name                 string         `yaml:"name" doc:"The queue's name. An empty name on an exclusive queue lets the broker choose one." derived:"kojiwatch- and the sink's name; chosen by the broker if the queue is exclusive" example:"kojiwatch-terminal"`
	Type                 QueueType      `yaml:"type" default:"classic" enum:"classic,quorum,stream" doc:"The type: a quorum queue is replicated over the nodes of a cluster; a stream, too, and it keeps messages that were read (docs/streams.md)."`
	Offset               string         `yaml:"offset" derived:"next if the type is stream" doc:"Where in a stream to begin the first time: first, last (with the messages stored last), next (with the next one), a time or an offset. A restart goes on where kojiwatch stopped." example:"2026-11-29T12:00"`
	Durable              bool           `yaml:"durable" derived:"true; false if the queue is exclusive" doc:"The queue survives a restart of the broker." example:"true"`
	Exclusive            bool           `yaml:"exclusive" default:"false" doc:"The queue belongs to kojiwatch's connection and is deleted with it, including its messages."`
	AutoDelete           bool           `yaml:"auto_delete" default:"false" doc:"The broker deletes the queue when its last consumer leaves."`
	SingleActiveConsumer bool           `yaml:"single_active_consumer" derived:"true if the queue is durable and neither exclusive nor a stream, else false" doc:"If several kojiwatch processes consume the queue, one works and the others stand by, which keeps the order of events." example:"true"`
	ConsumerPriority     int            `yaml:"consumer_priority" default:"0" min:"0" max:"255" doc:"Which of several kojiwatch processes works: RabbitMQ 4 hands the messages of a quorum queue with a single active consumer to the one with the highest priority (docs/howto/several-processes.md)."`
	Arguments            map[string]any `yaml:"arguments" doc:"Further arguments for declaring the queue, as RabbitMQ names them. Values are text, numbers, true and false, and lists and maps of these." example:"{x-max-length: 100000}"`
	Declare              Declare        `yaml:"declare" default:"active" enum:"active,passive,none" doc:"How the queue is set up: active creates and binds it, passive checks that it exists and binds it, none uses queue and bindings as they are. The last two are for brokers where an administrator creates the queues."`
}

// NewSink returns a sink of a type with every key at its default.
func NewSink(name string, kind SinkType) Sink {
	sink := Sink{Name: name, Type: kind}
	schema.Defaults(&sink)
	schema.SetSinkType(&sink, string(kind))
	sink.derive(func(string) bool { return false })
	return sink
}

// Changes returns the keys in which another sink differs, with names relative to the sink.
// If the types differ, it does not compare the keys of the types.
func (s *Sink) Changes(other *Sink) []string { return schema.Changes(s, other) }

// TypeChanges is Changes for the type and the keys that only some types of sinks have.
func (s *Sink) TypeChanges(other *Sink) []string { return schema.TypeChanges(s, other) }
