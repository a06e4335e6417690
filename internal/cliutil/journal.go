package cliutil

import (
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/rs/zerolog"
)

// ToJournal reports whether w is connected to systemd's journal.
//
// Source: $JOURNAL_STREAM in systemd.exec(5).
func ToJournal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", stat.Dev, stat.Ino)
}

// journalWriter prefixes each entry with its priority, for journalctl -p.
//
// Source: sd-daemon(3).
type journalWriter struct{ w io.Writer }

// Write implements io.Writer, for entries without a level.
func (j journalWriter) Write(entry []byte) (int, error) {
	return j.WriteLevel(zerolog.InfoLevel, entry)
}

// WriteLevel implements zerolog.LevelWriter.
func (j journalWriter) WriteLevel(level zerolog.Level, entry []byte) (int, error) {
	n, err := j.w.Write(append(priority(level), entry...))
	return max(0, n-len("<6>")), err
}

// priority returns the prefix for a level, with the syslog severity.
func priority(level zerolog.Level) []byte {
	switch level {
	case zerolog.TraceLevel, zerolog.DebugLevel:
		return []byte("<7>")
	case zerolog.WarnLevel:
		return []byte("<4>")
	case zerolog.ErrorLevel:
		return []byte("<3>")
	case zerolog.FatalLevel, zerolog.PanicLevel:
		return []byte("<2>")
	}
	return []byte("<6>")
}
