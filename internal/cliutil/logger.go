package cliutil

import (
	"fmt"
	"io"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Log is the daemon's log and where it is written.
type Log struct {
	Logger zerolog.Logger
	Writer io.Writer
}

// NewLog returns the daemon's log on w: lines for people on a terminal, JSON
// elsewhere, or as configured.
func NewLog(c config.Log, w io.Writer) (Log, error) {
	level, err := zerolog.ParseLevel(string(c.Level))
	if err != nil {
		return Log{}, fmt.Errorf("log level: %w", err)
	}
	out := zerolog.SyncWriter(w) // several sinks log at once
	if ToJournal(w) && c.Format != config.LogConsole {
		out = zerolog.SyncWriter(journalWriter{w})
	}
	if c.Format == config.LogConsole || c.Format == config.LogAuto && IsTerminal(w) {
		out = consoleWriter(w)
	}
	logger := zerolog.New(out).Level(level).With().Timestamp().Logger()
	return Log{Logger: logger, Writer: out}, nil
}

// consoleWriter writes entries for people. Fields with anything unusual in
// them are quoted by zerolog; the message is made harmless here.
func consoleWriter(w io.Writer) io.Writer {
	return zerolog.ConsoleWriter{
		Out:        w,
		NoColor:    !WantsColor(w),
		TimeFormat: time.TimeOnly,
		FormatMessage: func(v any) string {
			s, _ := v.(string)
			return format.Plain(s)
		},
	}
}
