package webhook

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// tooLarge tells whether a message should be several.
func (s *Sink) tooLarge(m *Message, events int) bool {
	return s.o.MaxBytes > 0 && events > 1 && len(m.Body) > s.o.MaxBytes
}

// sendParts sends events in as many messages as it takes, one after another. Where
// one that carries several is refused, each of its events is sent alone, to find
// out which it is about. What fails for a reason that passes ends it: those behind
// wait.
func (s *Sink) sendParts(ctx context.Context, events []*event.Event) error {
	errs := make([]error, len(events))
	failed := false
	alone := 0 // the events before this place go one by one
	for from := 0; from < len(events); {
		most := len(events) - from
		if from < alone {
			most = 1
		}
		n, m, err := s.part(events[from:], most)
		err = s.post(ctx, events[from:from+n], &m, err)
		if n > 1 && sinks.IsRefusal(err) {
			alone = from + n
			continue
		}
		if err != nil && !sinks.IsRefusal(err) {
			n = len(events) - from
		}
		for i := range n {
			errs[from+i] = err
		}
		failed = failed || err != nil
		from += n
	}
	if !failed {
		return nil
	}
	return &sinks.BatchError{Errs: errs}
}

// part makes the message about the first events, at most so many, that is small
// enough, or that carries one.
func (s *Sink) part(events []*event.Event, n int) (int, Message, error) {
	for {
		m, err := s.message(events[:n])
		if err != nil || !s.tooLarge(&m, n) {
			return n, m, err
		}
		n = max(1, min(n-1, n*s.o.MaxBytes/len(m.Body)))
	}
}
