// Package sinkbuild builds sinks and their filters from a configuration, and the options for
// consuming their queues and keeping their dead letters.
package sinkbuild

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/exec"
	"github.com/kojiwatch/kojiwatch/sinks/file"
	"github.com/kojiwatch/kojiwatch/sinks/format"
	"github.com/kojiwatch/kojiwatch/sinks/log"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// UnknownError reports an unknown name of a sink, or of a type of event, on the command line.
type UnknownError struct{ message string }

// Error returns a message with the known names.
func (e *UnknownError) Error() string { return e.message }

// SinkNamed returns the sink with a name. The error suggests a known name.
func SinkNamed(c *config.Config, name string) (*config.Sink, error) {
	var names []string
	for i := range c.Sinks {
		if c.Sinks[i].Name == name {
			return &c.Sinks[i], nil
		}
		names = append(names, c.Sinks[i].Name)
	}
	hint := suggest.Meant(name, names)
	if hint == "" {
		hint = "; it has " + strings.Join(names, ", ")
	}
	return nil, &UnknownError{fmt.Sprintf("there is no sink %q in the configuration%s", name, hint)}
}

// Deps holds the dependencies of a sink.
type Deps struct {
	Streams cliutil.Streams
	Logs    cliutil.Log
	// Observe, if not nil, is called after each request or mail.
	Observe func(code, events int, took time.Duration)
	Tracer  *tracing.Tracer
}

// SettingsError reports that a sink cannot be built as configured, for example because a file
// is missing.
type SettingsError struct {
	Sink string
	Err  error
}

func (e *SettingsError) Error() string { return "sink " + e.Sink + ": " + e.Err.Error() }

func (e *SettingsError) Unwrap() error { return e.Err }

// New builds a sink from its configuration. An error is a [*SettingsError].
func New(all *config.Config, c *config.Sink, around Deps) (sinks.Sink, error) {
	sink, err := build(all, c, around)
	if err != nil {
		return nil, &SettingsError{c.Name, err}
	}
	return sink, nil
}

func build(all *config.Config, c *config.Sink, around Deps) (sinks.Sink, error) {
	streams, logs := around.Streams, around.Logs
	if c.Webhook != nil {
		return newWebhook(c, around)
	}
	switch c.Type {
	case config.SinkFile:
		return file.New(*c.File), nil
	case config.SinkExec:
		return exec.New(*c.Exec), nil
	case config.SinkAMQP:
		return newAMQPSink(all, c, around)
	case config.SinkEmail:
		return newEmail(c, around.Observe)
	case config.SinkStdout:
		return stdout.New(streams.Out, StdoutForm(c.Stdout, streams.Out)), nil
	case config.SinkLog:
		// Events are logged whatever the level of the daemon's own log is: they must not be
		// acknowledged without being written.
		logger := logs.Logger.Level(zerolog.TraceLevel).With().Str("sink", c.Name).Logger()
		return log.New(logger, logs.Writer), nil
	}
	return nil, fmt.Errorf("there is no sink of type %q", c.Type)
}

// StdoutForm returns the function with which a stdout sink formats events.
func StdoutForm(c *stdout.Config, out io.Writer) stdout.Append {
	if c.Format == stdout.FormatJSON {
		return stdout.JSON
	}
	return textForm(c.Color == stdout.ColorAlways || c.Color == stdout.ColorAuto && cliutil.WantsColor(out), out)
}

func textForm(color bool, out io.Writer) stdout.Append {
	text := format.Text{Color: color}
	if cliutil.IsTerminal(out) {
		text.Links = cliutil.ShowsLinks(out)
		text.Width = func() int { return cliutil.TerminalWidth(out) } // called each time, since it may be resized
	}
	return text.AppendLine
}
