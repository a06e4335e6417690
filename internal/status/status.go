// Package status describes the state of a running daemon for operators, and derives problems
// from it. The daemon collects the status, the admin listener serves it as JSON and as a
// page, and a command shows it.
package status

import (
	"encoding/json"
	"fmt"
	"time"
)

// Format is the name and version of the JSON format.
const Format = "kojiwatch.status/v1"

// Status is the status of a daemon. Unknown members are absent.
type Status struct {
	Format string    `json:"format"`
	At     time.Time `json:"at"`
	// Version is that of kojiwatch.
	Version       string    `json:"version"`
	StartedAt     time.Time `json:"started_at"`
	UptimeSeconds int64     `json:"uptime_seconds"`
	// Problems is empty if everything works.
	Problems      []Problem     `json:"problems"`
	Configuration Configuration `json:"configuration"`
	Broker        Broker        `json:"broker"`
	Sinks         []Sink        `json:"sinks"`
	Hub           *Hub          `json:"hub,omitempty"`     // nil if none is configured
	History       *History      `json:"history,omitempty"` // nil if estimates are off
	Estimates     *Estimates    `json:"estimates,omitempty"`
	State         *SharedState  `json:"state,omitempty"` // nil if no stream is read for it
}

// Problem is one problem of a daemon.
type Problem struct {
	Sink   string `json:"sink,omitempty"` // the sink with the problem
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
	// At is when the problem was last noticed, if it is not current.
	At time.Time `json:"at,omitzero"`
}

// Configuration is the source of the daemon's configuration.
type Configuration struct {
	File string `json:"file,omitempty"` // "" if it has flags instead
	// Error is why the current content of the file is not in effect.
	Error string `json:"error,omitempty"`
}

// Broker sums up the sessions of all sinks.
type Broker struct {
	// Addresses are without user and password.
	Addresses []string `json:"addresses"`
	// Connected is how many sinks have a session.
	Connected int `json:"connected"`
	// ConnectedSince is when the newest of these sessions began.
	ConnectedSince time.Time `json:"connected_since,omitzero"`
}

// State is the state of a sink.
type State string

// The states of sinks.
const (
	Consuming    State = "consuming"
	Failing      State = "failing"      // deliveries or dead letters fail and are retried
	Down         State = "down"         // so many deliveries fail that only one at a time is tried
	Blocked      State = "blocked"      // the broker accepts no messages
	Disconnected State = "disconnected" // no session with the broker
	Standby      State = "standby"      // another process reads the stream
	Refused      State = "refused"      // permanently refused by the broker
)

// Sink is one sink with its queue.
type Sink struct {
	Name           string    `json:"name"`
	Type           string    `json:"type"`
	State          State     `json:"state"`
	Reason         string    `json:"reason,omitempty"` // for Blocked and Refused
	Queue          string    `json:"queue,omitempty"`
	Broker         string    `json:"broker,omitempty"`
	ConnectedSince time.Time `json:"connected_since,omitzero"`
	// Backlog and DeadLetters are the broker's counts of messages in the queues.
	Backlog     *Count `json:"backlog,omitempty"`
	DeadLetters *Count `json:"dead_letters,omitempty"`
	InFlight    int    `json:"in_flight"`
	// OldestInFlightAt is when the oldest message in flight was delivered.
	OldestInFlightAt time.Time `json:"oldest_in_flight_at,omitzero"`
	LastDeliveryAt   time.Time `json:"last_delivery_at,omitzero"`
	// Rate is how many messages were settled per second, over the last minute.
	Rate float64 `json:"rate"`
	// Done, Dead and Filtered count messages since the consumer started: those delivered to
	// the sink, dead letters, and those acknowledged without the sink.
	Done     uint64 `json:"done"`
	Dead     uint64 `json:"dead"`
	Filtered uint64 `json:"filtered"`
	// LastError is the last failure, which may be over.
	LastError *Error `json:"last_error,omitempty"`
	// Patience is how long a message may be in flight before it is a problem.
	Patience time.Duration `json:"-"`
}

// Count is a number of messages at a point in time.
type Count struct {
	Messages int       `json:"messages"`
	At       time.Time `json:"at"`
}

// Error is a failure, and what to do about it.
type Error struct {
	Text   string    `json:"text"`
	Remedy string    `json:"remedy,omitempty"`
	At     time.Time `json:"at"`
}

// Hub is the Koji hub.
type Hub struct {
	Server string `json:"server"`
	// Reachable is absent until the first call.
	Reachable *bool `json:"reachable,omitempty"`
	// CircuitBreaker is open while the hub is not called because it has failed.
	CircuitBreaker string `json:"circuit_breaker"`
	LoggedIn       bool   `json:"logged_in"`
	Calls          uint64 `json:"calls"`
}

// The states of the circuit breaker.
const (
	BreakerOpen   = "open"
	BreakerClosed = "closed"
)

// History describes the recorded durations.
type History struct {
	// Kept reports whether the history is saved on disk.
	Kept bool `json:"kept"`
	// Learnt is the number of averages: of packages, methods, tags, hosts and arches.
	Learnt int `json:"learnt"`
}

// Estimates describes the estimates and their accuracy.
type Estimates struct {
	// Following is the number of unfinished tasks that are tracked.
	Following int `json:"following"`
	// Scored is the number of estimates at the start of a task that were compared with its
	// end.
	Scored uint64 `json:"scored"`
	// WithinInterval is the share of these whose end was within the interval. The target is
	// 0.8.
	WithinInterval float64 `json:"within_interval"`
	// MedianError is their median error, as a share of the true duration.
	MedianError float64 `json:"median_error"`
}

// SharedState is the stream that every replica makes its state of.
type SharedState struct {
	Stream    string `json:"stream"`
	Connected bool   `json:"connected"`
	// Offset is the one up to which this replica has read the stream.
	Offset uint64 `json:"offset"`
	// LagSeconds is how old the last event was when it was read.
	LagSeconds float64 `json:"lag_seconds"`
	// Missed is the number of messages that the stream dropped before they were read.
	Missed         uint64    `json:"missed"`
	LastDeliveryAt time.Time `json:"last_delivery_at,omitzero"`
	// LastError is the last failure, which may be over.
	LastError *Error `json:"last_error,omitempty"`
}

// Parse parses the JSON of a status.
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
