package webhook

import (
	"context"
	"slices"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// tooLarge reports whether a message should be split.
func (s *Sink) tooLarge(m *Message, events int) bool {
	return s.o.MaxBytes > 0 && events > 1 && len(m.Body) > s.o.MaxBytes
}

// sendParts sends events in several messages, one after another. If a message with several
// events is refused, it sends each of them alone, to find out which one is refused. After
// any other failure it stops, so that the remaining events are retried.
func (s *Sink) sendParts(ctx context.Context, events []*event.Event) error {
	var errs []error
	failed := false
	alone := 0 // events before this index are sent one by one
	for len(errs) < len(events) {
		left := events[len(errs):]
		most := len(left)
		if len(errs) < alone {
			most = 1
		}
		n, m, err := s.part(left, most)
		err = s.post(ctx, left[:n], &m, err)
		switch refused := sinks.IsRefusal(err); {
		case refused && n > 1:
			alone = len(errs) + n
			continue
		case err != nil && !refused:
			return &sinks.BatchError{Errs: errs, Rest: err}
		}
		errs = append(errs, slices.Repeat([]error{err}, n)...)
		failed = failed || err != nil
	}
	if !failed {
		return nil
	}
	return &sinks.BatchError{Errs: errs}
}

// part makes a message about at most n of the first events, as many as fit, but at least
// one. It returns their number.
func (s *Sink) part(events []*event.Event, n int) (int, Message, error) {
	for {
		m, err := s.message(events[:n])
		if err != nil || !s.tooLarge(&m, n) {
			return n, m, err
		}
		n = max(1, min(n-1, n*s.o.MaxBytes/len(m.Body)))
	}
}
