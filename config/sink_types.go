package config

import "time"

// Unroutable is what becomes of an event that no queue takes.
type Unroutable string

// The choices of [Unroutable].
const (
	UnroutableRetry Unroutable = "retry"
	UnroutableDrop  Unroutable = "drop"
	UnroutableDead  Unroutable = "dead"
)

// AMQPSink holds the keys of an amqp sink.
type AMQPSink struct {
	PublishTo       string     `yaml:"publish_to" required:"true" doc:"The exchange that events are published to, on the broker that messages come from, over a connection of its own." example:"kojiwatch"`
	RoutingKey      string     `yaml:"routing_key" default:"kojiwatch.{kind}.{state}.{package}" doc:"The routing key: words between dots, of which {kind}, {type}, {state}, {package}, {method}, {owner}, {tag}, {target} and {instance} stand for what the event says. In these, whatever is not a letter, a digit or one of - _ + ~ becomes an underscore; what an event lacks is a dash."`
	Unroutable      Unroutable `yaml:"unroutable" default:"retry" enum:"retry,drop,dead" doc:"What becomes of an event that no queue is bound for: retry waits until there is one, and those behind it wait too; drop takes it for unwanted; dead makes it a dead letter."`
	DeclareExchange bool       `yaml:"declare_exchange" default:"false" doc:"Declare the exchange, durable and of type topic. Else it must exist."`
}

// FileSync is when what a file sink has written must be on the disk.
type FileSync string

// The choices of [FileSync].
const (
	FileSyncBatch    FileSync = "batch"
	FileSyncAlways   FileSync = "always"
	FileSyncInterval FileSync = "interval"
	FileSyncNever    FileSync = "never"
)

// FileSink holds the keys of a file sink.
type FileSink struct {
	Path         string        `yaml:"path" required:"true" format:"path" doc:"The file, which gets one JSON object a line. Its folder is made." example:"/var/lib/kojiwatch/events.jsonl"`
	Sync         FileSync      `yaml:"sync" default:"batch" enum:"always,batch,interval,never" doc:"When events are seen onto the disk, before their messages are acknowledged: always after each, batch after those written at once, interval at most once in sync_interval, never when the system likes; with never the last ones are lost if the machine loses power."`
	SyncInterval time.Duration `yaml:"sync_interval" default:"1s" min:"1ms" max:"1m" doc:"How often, with sync interval. Messages wait so long for their acknowledgement, so prefetch should hold what comes in that time."`
	MaxSize      ByteSize      `yaml:"max_size" default:"0" min:"0" max:"1024GB" doc:"The size beyond which the file gets another name, with the time in it, and a new one is begun; 0 is none."`
	MaxAge       time.Duration `yaml:"max_age" default:"0" min:"0" max:"3650d" doc:"How much time one file may be about, counted in UTC: 1d begins a new one with the first event after midnight; 0 is none."`
	Keep         int           `yaml:"keep" default:"0" min:"0" max:"100000" doc:"How many renamed files are kept, the newest; 0 keeps all."`
}

// ExecSink holds the keys of an exec sink.
type ExecSink struct {
	Command     []string      `yaml:"command" required:"true" doc:"The program that is run for each event, and its arguments. No shell is involved. The event is on its standard input; docs/sinks.md says what is in its environment and what its exit codes mean." example:"[/usr/local/bin/on-event, --verbose]"`
	Dir         string        `yaml:"dir" format:"path" derived:"where kojiwatch runs" doc:"The folder it runs in." example:"/var/lib/kojiwatch"`
	Env         []string      `yaml:"env" doc:"Further variables for its environment, as NAME=value." example:"[COLOR=never]"`
	Timeout     time.Duration `yaml:"timeout" default:"1m" min:"100ms" max:"15m" doc:"How long one run may take. Then the program and all it has started are ended, and the event is tried again."`
	MaxOutput   ByteSize      `yaml:"max_output" default:"4KiB" min:"0" max:"1MiB" doc:"How much of the end of its output is kept to be shown with an error."`
	Concurrency int           `yaml:"concurrency" default:"1" min:"1" max:"1024" doc:"How many runs there may be at once. Events about one task or build still follow one another."`
}
