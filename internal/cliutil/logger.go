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

// NewLog returns the daemon's log, written to w as configured. With format auto it writes
// lines for people to a terminal, and otherwise JSON. If w is
// [Notes], they can raise or lower the level.
func NewLog(c config.Log, w io.Writer) (Log, error) {
	level, err := zerolog.ParseLevel(string(c.Level))
	if err != nil {
		return Log{}, fmt.Errorf("log level: %w", err)
	}
	if n, ok := w.(*Notes); ok {
		level, w = n.level(level), n.To
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

// consoleWriter returns a writer of entries for people. zerolog quotes unusual characters in
// fields; the message is escaped here.
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
