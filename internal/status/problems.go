package status

import (
	"fmt"
	"time"
)

// Judge sets Problems from the other fields.
func (s *Status) Judge() {
	s.Problems = []Problem{}
	add := func(p ...Problem) { s.Problems = append(s.Problems, p...) }
	if len(s.Sinks) == 0 {
		add(Problem{Text: "kojiwatch starts, and consumes nothing yet"})
	}
	for i := range s.Sinks {
		add(s.Sinks[i].problems(s.At)...)
	}
	if s.Hub != nil && s.Hub.CircuitBreaker == BreakerOpen {
		add(Problem{Text: "the hub is failing and is not asked for a while", Remedy: "see the log for the cause; events go out without what only the hub knows"})
	}
	if s.History != nil && !s.History.Kept {
		add(Problem{Text: "learned durations are kept in memory only", Remedy: "set state_dir, or see that the disk takes the history"})
	}
	if t := s.State; t != nil && !t.Connected {
		p := Problem{Text: "the stream of the state is not read, and estimates get worse: " + t.Stream}
		if t.LastError != nil {
			p.Text, p.Remedy, p.At = p.Text+": "+t.LastError.Text, t.LastError.Remedy, t.LastError.At
		}
		add(p)
	}
	if s.Configuration.Error != "" {
		add(Problem{Text: "the configuration file is not in effect: " + s.Configuration.Error, Remedy: "correct the file and reload"})
	}
}

// problems returns the problems of a sink.
func (s *Sink) problems(now time.Time) []Problem {
	var all []Problem
	add := func(at time.Time, remedy, format string, args ...any) {
		all = append(all, Problem{Sink: s.Name, Text: fmt.Sprintf(format, args...), Remedy: remedy, At: at})
	}
	e := Error{Text: "no error so far"}
	if s.LastError != nil {
		e = *s.LastError
	}
	switch s.State {
	case Consuming, Standby:
	case Blocked:
		add(time.Time{}, "see what the broker is short of: rabbitmq-diagnostics alarms", "the broker takes no messages: %s", s.Reason)
	case Disconnected:
		add(e.At, e.Remedy, "no session with the broker: %s", e.Text)
	case Refused:
		add(time.Time{}, "correct the configuration and reload", "the broker refuses the sink: %s", s.Reason)
	case Down, Failing:
		add(e.At, e.Remedy, "%s", e.Text)
	}
	if at := s.OldestInFlightAt; s.State == Consuming && !at.IsZero() && now.Sub(at) > s.Patience {
		add(at, "see whether the receiver answers", "the sink has not taken an event that it was given")
	}
	if n := s.DeadCount(); n > 0 {
		add(time.Time{}, "kojiwatch dead list --sink "+s.Name, "dead letters: %d", n)
	}
	return all
}

// DeadCount returns the number of dead letters in the queue or, if it is unknown, since the
// start.
func (s *Sink) DeadCount() int {
	if s.DeadLetters != nil {
		return s.DeadLetters.Messages
	}
	return int(s.Dead)
}
