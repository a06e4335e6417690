// Package log is the sink that writes one structured log entry per event.
package log

import (
	"context"
	"fmt"
	"io"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Sink logs events: failed tasks and builds at level warn, all others at level info.
type Sink struct {
	out *watched
	log zerolog.Logger
}

// New returns a sink that logs with the level and fields of logger. w must be the writer
// that logger writes to.
func New(logger zerolog.Logger, w io.Writer) *Sink {
	out := &watched{w: w}
	return &Sink{out: out, log: logger.Output(out)}
}

// Send implements sinks.Sink.
func (s *Sink) Send(_ context.Context, events []*event.Event) error {
	for _, e := range events {
		s.entry(e)
		if err := s.out.take(); err != nil {
			return fmt.Errorf("log event %s: %w", e.ID, err)
		}
	}
	return nil
}

// Close implements sinks.Sink.
func (s *Sink) Close() error { return nil }

func (s *Sink) entry(e *event.Event) {
	entry := s.log.WithLevel(levelOf(e)).
		Bool("event", true). // distinguishes it from the daemon's own entries
		Str("event_id", format.Plain(e.ID)).
		Str("type", string(e.Type)).
		Str("topic", format.Plain(e.Topic))
	addText(entry, "instance", e.Instance)
	addText(entry, "old", e.Old)
	addText(entry, "new", e.New)
	if e.Task != nil {
		addTask(entry, e.Task)
	}
	if e.Build != nil {
		addBuild(entry, e.Build)
	}
	addText(entry, "tag", e.Tag.Name)
	addText(entry, "user", e.User.Name)
	addText(entry, "package", e.Package.Name)
	addText(entry, "action", e.Action)
	addText(entry, "url", e.URL)
	entry.Msg(format.Plain(e.Summary))
}

func levelOf(e *event.Event) zerolog.Level {
	if e.New == "FAILED" {
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}

func addTask(entry *zerolog.Event, t *koji.Task) {
	entry.Int64("task_id", t.ID).Str("method", format.Plain(t.Method))
	addText(entry, "task_package", t.Package())
	addText(entry, "task_nvr", t.NVR())
	addText(entry, "target", t.Target().Name)
	addText(entry, "owner", t.Owner.Name)
	if d := t.Duration(); d.Known {
		entry.Float64("seconds", d.Value.Seconds())
	}
}

func addBuild(entry *zerolog.Event, b *koji.Build) {
	entry.Int64("build_id", b.ID).Str("nvr", format.Plain(b.NVR))
	addText(entry, "build_owner", b.Owner.Name)
	if d := b.Duration(); d.Known {
		entry.Float64("build_seconds", d.Value.Seconds())
	}
}

func addText(entry *zerolog.Event, name, value string) {
	if value != "" {
		entry.Str(name, format.Plain(value))
	}
}

// watched remembers the first write error, which zerolog does not return.
type watched struct {
	w   io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) { return w.noted(w.w.Write(p)) }

// WriteLevel implements zerolog.LevelWriter, since the underlying writer may use the level.
func (w *watched) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	if below, ok := w.w.(zerolog.LevelWriter); ok {
		return w.noted(below.WriteLevel(level, p))
	}
	return w.Write(p)
}

func (w *watched) noted(n int, err error) (int, error) {
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

func (w *watched) take() error {
	err := w.err
	w.err = nil
	return err
}
