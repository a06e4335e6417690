package config

// SinkType is what kind of place a sink sends events to.
type SinkType string

// The types of sinks.
const (
	SinkStdout SinkType = "stdout"
	SinkLog    SinkType = "log"
	SinkAMQP   SinkType = "amqp"
	SinkFile   SinkType = "file"
	SinkExec   SinkType = "exec"
)

// DeadLetters is where a sink's dead letters go.
type DeadLetters string

// The places for dead letters.
const (
	DeadLettersQueue DeadLetters = "queue"
	DeadLettersFile  DeadLetters = "file"
)

// Sink is one place events go to, with the queue they come from. Of the structs
// for the types, the one of the sink's own type is set and the others are nil.
type Sink struct {
	Name        string       `yaml:"name" required:"true" doc:"The sink's name in logs, queue names and state files: lower-case letters, digits and dashes. Each sink has its own." example:"terminal"`
	Type        SinkType     `yaml:"type" required:"true" enum:"stdout,log,file,exec,amqp,webhook,slack,mattermost,matrix,discord,teams,ntfy,email" doc:"What the sink does with events: stdout writes them to standard output, log into kojiwatch's own log, file into a file; exec runs a program for each; amqp publishes them to an exchange; webhook posts them to a web server; email sends mails; the others write to a chat. docs/sinks.md has more." example:"stdout"`
	Topics      []string     `yaml:"topics" default:"koji.#, #.buildsys.#" doc:"The binding keys: which messages the sink's queue gets. In them * stands for one word and # for any number of words. The default takes everything from Koji's own plugin, whose topics usually begin with koji, and from Fedora Messaging, whatever its prefix; a message that fits two keys still comes once. Where kojiwatch does not declare the queue the default is none: its bindings are there."`
	Exchange    string       `yaml:"exchange" default:"amq.topic" doc:"The exchange the hub publishes to. kojiwatch binds to it and never declares it."`
	Queue       Queue        `yaml:"queue" doc:"The sink's queue on the broker."`
	Prefetch    int          `yaml:"prefetch" default:"500" min:"1" max:"65535" doc:"How many messages may be in work at once, unacknowledged."`
	DeadLetters DeadLetters  `yaml:"dead_letters" enum:"queue,file" derived:"queue; file if the queue is exclusive or not declared by kojiwatch" doc:"Where a message goes that can never succeed: queue is a second queue on the broker, file is a file in state_dir, for brokers that do not let kojiwatch publish." example:"queue"`
	Raw         bool         `yaml:"raw" default:"false" doc:"Put the original body of the message into its event."`
	Retry       Retry        `yaml:"retry" doc:"For how long a sink that fails is tried again."`
	Filter      Filter       `yaml:",inline"`
	Stdout      *StdoutSink  `yaml:",inline" sink:"stdout"`
	Log         *LogSink     `yaml:",inline" sink:"log"`
	File        *FileSink    `yaml:",inline" sink:"file"`
	Exec        *ExecSink    `yaml:",inline" sink:"exec"`
	AMQP        *AMQPSink    `yaml:",inline" sink:"amqp"`
	Webhook     *WebhookSink `yaml:",inline" sink:"webhook,slack,mattermost,matrix,discord,teams,ntfy"`
	Email       *EmailSink   `yaml:",inline" sink:"email"`
}

// StdoutFormat is how a stdout sink writes an event.
type StdoutFormat string

// The formats of a stdout sink.
const (
	StdoutJSON StdoutFormat = "json"
	StdoutText StdoutFormat = "text"
)

// Color is when to use colours.
type Color string

// The choices of [Color].
const (
	ColorAuto   Color = "auto"
	ColorAlways Color = "always"
	ColorNever  Color = "never"
)

// StdoutSink holds the keys of a stdout sink.
type StdoutSink struct {
	Format StdoutFormat `yaml:"format" default:"json" enum:"json,text" doc:"How an event is written: json is one JSON object on a line, text is a line for people."`
	Color  Color        `yaml:"color" default:"auto" enum:"auto,always,never" doc:"Whether text is coloured: auto means on a terminal, unless $NO_COLOR is set."`
}

// LogSink holds the keys of a log sink: there are none of its own so far.
type LogSink struct{}

// QueueType is a RabbitMQ queue type.
type QueueType string

// The queue types.
const (
	QueueClassic QueueType = "classic"
	QueueQuorum  QueueType = "quorum"
)

// Declare is how a queue comes about.
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
	Type                 QueueType      `yaml:"type" default:"classic" enum:"classic,quorum" doc:"The type: a quorum queue is replicated over the nodes of a cluster."`
	Durable              bool           `yaml:"durable" derived:"true; false if the queue is exclusive" doc:"The queue outlives a restart of the broker." example:"true"`
	Exclusive            bool           `yaml:"exclusive" default:"false" doc:"The queue belongs to kojiwatch's connection and goes away with it, and so do the messages in it."`
	AutoDelete           bool           `yaml:"auto_delete" default:"false" doc:"The queue goes away when its last consumer does."`
	SingleActiveConsumer bool           `yaml:"single_active_consumer" derived:"true if the queue is durable and not exclusive, else false" doc:"Of several kojiwatch on the queue one works and the others stand by, which keeps the order of events." example:"true"`
	Arguments            map[string]any `yaml:"arguments" doc:"Further arguments for declaring the queue, as RabbitMQ names them. Values are text, numbers, true and false, and lists and maps of these." example:"{x-max-length: 100000}"`
	Declare              Declare        `yaml:"declare" default:"active" enum:"active,passive,none" doc:"How the queue comes about: active creates and binds it, passive makes sure it is there and binds it, none takes queue and bindings as given. The latter two are for brokers where an administrator makes the queues."`
}

// NewSink returns a sink of a type with every key at its default.
func NewSink(name string, kind SinkType) Sink {
	sink := Sink{Name: name, Type: kind}
	setDefaults(&sink)
	setSinkType(&sink)
	sink.derive(func(string) bool { return false })
	return sink
}
