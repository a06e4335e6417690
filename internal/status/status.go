// Package status holds the facts about a running daemon that operators ask for, and tells
// what is wrong by them. The daemon collects them, the admin listener serves them as JSON
// and as a page, and a command shows them.
package status

import (
	"encoding/json"
	"fmt"
	"time"
)

// Format names the form of the JSON.
const Format = "kojiwatch.status/v1"

// Status is how a daemon is doing. What is not known is absent.
type Status struct {
	Format string    `json:"format"`
	At     time.Time `json:"at"`
	// Version is that of kojiwatch.
	Version       string    `json:"version"`
	StartedAt     time.Time `json:"started_at"`
	UptimeSeconds int64     `json:"uptime_seconds"`
	// Problems are what is wrong; none: all is well.
	Problems      []Problem     `json:"problems"`
	Configuration Configuration `json:"configuration"`
	Broker        Broker        `json:"broker"`
	Sinks         []Sink        `json:"sinks"`
	Hub           *Hub          `json:"hub,omitempty"`     // none is configured
	History       *History      `json:"history,omitempty"` // estimates are off
	Estimates     *Estimates    `json:"estimates,omitempty"`
}

// Problem is something that is wrong.
type Problem struct {
	Sink   string `json:"sink,omitempty"` // it is about
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	// At is when it was last seen to be wrong, if that is not now.
	At time.Time `json:"at,omitzero"`
}

// Configuration is what the daemon goes by.
type Configuration struct {
	File string `json:"file,omitempty"` // "": it has flags
	// Error is why the file's present content is not in effect.
	Error string `json:"error,omitempty"`
}

// Broker sums up the sessions of all sinks.
type Broker struct {
	// Addresses have no user and no password.
	Addresses []string `json:"addresses"`
	// Connected is how many sinks have a session.
	Connected int `json:"connected"`
	// ConnectedSince is when the last of these sessions began.
	ConnectedSince time.Time `json:"connected_since,omitzero"`
}

// State is how a sink is doing.
type State string

// The states of sinks.
const (
	Consuming    State = "consuming"
	Failing      State = "failing"      // deliveries or dead letters fail, and are tried again
	Down         State = "down"         // so many fail that one at a time is tried
	Blocked      State = "blocked"      // the broker takes no messages
	Disconnected State = "disconnected" // no session with the broker
	Standby      State = "standby"      // another process reads the stream
	Refused      State = "refused"      // by the broker, for good
)

// Sink is one sink with its queue.
type Sink struct {
	Name           string    `json:"name"`
	Type           string    `json:"type"`
	State          State     `json:"state"`
	Reason         string    `json:"reason,omitempty"` // of being blocked or refused
	Queue          string    `json:"queue,omitempty"`
	Broker         string    `json:"broker,omitempty"`
	ConnectedSince time.Time `json:"connected_since,omitzero"`
	// Backlog and DeadLetters are what waits in the queues, as the broker counted it.
	Backlog     *Count `json:"backlog,omitempty"`
	DeadLetters *Count `json:"dead_letters,omitempty"`
	InFlight    int    `json:"in_flight"`
	// OldestInFlightAt is when the oldest message in flight was delivered.
	OldestInFlightAt time.Time `json:"oldest_in_flight_at,omitzero"`
	LastDeliveryAt   time.Time `json:"last_delivery_at,omitzero"`
	// Rate is how many messages were settled per second, over the last minute.
	Rate float64 `json:"rate"`
	// Done, Dead and Filtered count messages since the consumer began: those that the sink
	// has, dead letters, and those done without the sink.
	Done     uint64 `json:"done"`
	Dead     uint64 `json:"dead"`
	Filtered uint64 `json:"filtered"`
	// LastError is what failed last, which may be over.
	LastError *Error `json:"last_error,omitempty"`
	// Patience is how long the oldest message may be in flight while nothing is wrong.
	Patience time.Duration `json:"-"`
}

// Count is a number of messages at a time.
type Count struct {
	Messages int       `json:"messages"`
	At       time.Time `json:"at"`
}

// Error is what failed, and what to do.
type Error struct {
	Text   string    `json:"text"`
	Remedy string    `json:"remedy,omitempty"`
	At     time.Time `json:"at"`
}

// Hub is the Koji hub.
type Hub struct {
	Server string `json:"server"`
	// Reachable is absent until it was asked something.
	Reachable *bool `json:"reachable,omitempty"`
	// CircuitBreaker is open while the hub has failed and is not asked.
	CircuitBreaker string `json:"circuit_breaker"`
	LoggedIn       bool   `json:"logged_in"`
	Calls          uint64 `json:"calls"`
}

// The states of the circuit breaker.
const (
	BreakerOpen   = "open"
	BreakerClosed = "closed"
)

// History is what was learnt of durations.
type History struct {
	// Kept reports whether it is on the disk.
	Kept bool `json:"kept"`
	// Learnt is how many averages it holds: of packages, methods, tags, hosts and arches.
	Learnt int `json:"learnt"`
}

// Estimates is how estimates are made and have fared.
type Estimates struct {
	// Following is how many tasks that have not ended are followed.
	Following int `json:"following"`
	// Scored is how many estimates at the start of a task were compared with its end.
	Scored uint64 `json:"scored"`
	// WithinInterval is the share of these whose end was in the interval; 0.8 is meant.
	WithinInterval float64 `json:"within_interval"`
	// MedianError is how far they were off, as a share of the true duration.
	MedianError float64 `json:"median_error"`
}

// Parse reads the JSON of a status.
func Parse(text []byte) (*Status, error) {
	s := new(Status)
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("read the status: %w", err)
	}
	if s.Format != Format {
		return nil, fmt.Errorf("read the status: it has the format %.40q, want %q", s.Format, Format)
	}
	return s, nil
}
