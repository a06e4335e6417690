package config

import (
	"time"
)

// Retry configures retries of a failing sink.
type Retry struct {
	Attempts  int           `yaml:"attempts" min:"0" max:"1000000" derived:"100 for sinks that send by HTTP or mail, else 0" doc:"How many times an event may fail before its message becomes a dead letter; 0 is no limit. Failures to reach the receiver, and answers that ask to try later, do not count." example:"100"`
	MaxAge    time.Duration `yaml:"age" default:"0" min:"0" max:"30d" doc:"How long an event is tried after its first failure that counts; 0 is no limit."`
	DownAfter int           `yaml:"down_after" default:"10" min:"0" max:"1000000" doc:"After how many failures in a row the receiver is considered down: then one event at a time is tried, with growing pauses, until it works again; 0 is never."`
	HoldLimit time.Duration `yaml:"hold_limit" default:"15m" min:"1s" max:"7d" doc:"How long a message may stay unacknowledged before all go back to the queue. It must be well below the broker's consumer_timeout, which is 30 minutes unless changed."`
}
