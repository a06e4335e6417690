package status

import (
	"math"
	"strconv"
	"time"
)

// Ago returns how long before now a time was, as a short text; "–" for the zero time.
func Ago(now, then time.Time) string {
	switch d := now.Sub(then); {
	case then.IsZero():
		return "–"
	case d < time.Minute:
		return strconv.Itoa(int(max(d, 0)/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	default:
		return strconv.Itoa(int(d/(24*time.Hour))) + " days"
	}
}

// Percent formats a share as a percentage.
func Percent(share float64) string { return strconv.Itoa(int(math.Round(100*share))) + " %" }

// PerSecond formats the rate of a sink.
func (s *Sink) PerSecond() string { return strconv.FormatFloat(s.Rate, 'f', 1, 64) }

// Waiting returns the number of messages in the sink's queue, "–" if it is unknown.
func (s *Sink) Waiting() string {
	if s.Backlog == nil {
		return "–"
	}
	return strconv.Itoa(s.Backlog.Messages)
}

// Answers returns a word for whether the hub answers.
func (h *Hub) Answers() string {
	switch {
	case h.CircuitBreaker == BreakerOpen:
		return "failing"
	case h.Reachable == nil:
		return "not asked yet"
	case *h.Reachable:
		return "answers"
	}
	return "does not answer"
}
