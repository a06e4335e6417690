// Package stdout is the sink that writes events to a stream, usually standard output: as
// JSON, one event per line, or as lines for people.
package stdout

import (
	"context"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/event"
)

// Append appends one formatted event, including the line end.
type Append func(dst []byte, e *event.Event) []byte

// JSON is an [Append] that formats each event as a JSON object on one line.
func JSON(dst []byte, e *event.Event) []byte {
	return append(e.AppendJSON(dst), '\n')
}

// Sink writes events to a stream. It writes all the events of one Send at once, without
// a buffer, so acknowledged events have left the process.
type Sink struct {
	form Append
	*stream
}

// stream is shared by successive sinks; see [Sink.As].
type stream struct {
	w    io.Writer
	buf  []byte
	torn bool // the last write ended within a line
}

// New returns a sink that writes to w. It does not close w.
func New(w io.Writer, form Append) *Sink { return &Sink{form, &stream{w: w}} }

// As returns a sink that writes to the same stream in another form. The two sinks must
// not be used concurrently.
func (s *Sink) As(form Append) *Sink { return &Sink{form, s.stream} }

// maxKept is the largest buffer kept between writes, so that the memory of a huge batch
// is released.
const maxKept = 1 << 20

// Send implements sinks.Sink. After a partial write, the next write begins on a new line,
// so a reader only sees one torn line, whose event is written again.
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
