// Package sinkbuild makes what a configuration says of sinks: the sinks themselves, their
// filters, and how their queues are consumed and their dead letters kept.
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

// UnknownError reports a name on the command line that nothing has: of a sink, or of a
// type of event.
type UnknownError struct{ message string }

// Error says what there is.
func (e *UnknownError) Error() string { return e.message }

// SinkNamed finds a sink, or says which one may have been meant.
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

// Deps holds what a sink uses of the process around it.
type Deps struct {
	Streams cliutil.Streams
	Logs    cliutil.Log
	// Observe measures requests and mails; nil measures nothing.
	Observe func(code, events int, took time.Duration)
	Tracer  *tracing.Tracer
}

// SettingsError reports that a sink cannot be built as it is configured, such as for lack
// of a file.
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
		// An event is logged whatever the level of the daemon's own log is:
		// what is acknowledged must be somewhere.
		logger := logs.Logger.Level(zerolog.TraceLevel).With().Str("sink", c.Name).Logger()
		return log.New(logger, logs.Writer), nil
	}
	return nil, fmt.Errorf("there is no sink of type %q", c.Type)
}

// StdoutForm returns how a stdout sink writes events.
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
		text.Width = func() int { return cliutil.TerminalWidth(out) } // it may be resized
	}
	return text.AppendLine
}
