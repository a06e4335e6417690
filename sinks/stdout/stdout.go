// Package stdout is the sink that writes events to a stream, most often the
// standard output: as JSON, one event a line, or as lines for people.
package stdout

import (
	"context"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/event"
)

// Append appends one event in its written form, line end included.
type Append func(dst []byte, e *event.Event) []byte

// JSON is the form for programs: one JSON object a line.
func JSON(dst []byte, e *event.Event) []byte {
	return append(e.AppendJSON(dst), '\n')
}

// Sink writes events to a stream. The events of one Send go out in a single
// write, so what is acknowledged has left the process.
type Sink struct {
	form Append
	*stream
}

// stream is written to by one sink after the other.
type stream struct {
	w    io.Writer
	buf  []byte
	torn bool // the last write ended within a line
}

// New returns a sink that writes to w. It does not close w.
func New(w io.Writer, form Append) *Sink { return &Sink{form, &stream{w: w}} }

// As returns a sink that goes on writing to the same stream in another form. Of
// the two, one at a time may be used.
func (s *Sink) As(form Append) *Sink { return &Sink{form, s.stream} }

// maxKept is the largest buffer kept between writes, so that one batch of huge
// events does not hold its memory for ever.
const maxKept = 1 << 20

// Send implements sinks.Sink. After a failed write the next one begins on a
// line of its own, so that a reader loses no more than the torn line, which
// comes again.
func (s *Sink) Send(_ context.Context, events []*event.Event) error {
	buf := s.buf[:0]
	if s.torn {
		buf = append(buf, '\n')
	}
	for _, e := range events {
		buf = s.form(buf, e)
	}
	n, err := s.w.Write(buf)
	if err == nil && n < len(buf) {
		err = io.ErrShortWrite
	}
	if n > 0 {
		s.torn = buf[n-1] != '\n'
	}
	if s.buf = buf; cap(buf) > maxKept {
		s.buf = nil
	}
	if err != nil {
		return fmt.Errorf("write %d events: %w", len(events), err)
	}
	return nil
}

// Close implements sinks.Sink.
func (s *Sink) Close() error { return nil }
