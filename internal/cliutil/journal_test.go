package cliutil

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
)

// TestJournal checks that entries have a priority only if they are written to the journal.
func TestJournal(t *testing.T) {
	for name, journal := range map[string]bool{"a journal": true, "a file": false} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			if info, err := f.Stat(); err != nil {
				t.Fatal(err)
			} else if stat := info.Sys().(*syscall.Stat_t); journal {
				t.Setenv("JOURNAL_STREAM", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino))
			} else {
				t.Setenv("JOURNAL_STREAM", fmt.Sprintf("%d:%d", stat.Dev, stat.Ino+1))
			}
			logs, err := NewLog(config.Log{Level: "debug", Format: config.LogJSON}, f)
			if err != nil {
				t.Fatal(err)
			}
			logs.Logger.Debug().Msg("d")
			logs.Logger.WithLevel(zerolog.InfoLevel).Msg("i")
			logs.Logger.Warn().Msg("w")
			logs.Logger.Error().Msg("e")
			text, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(string(text)) {
				before, _, _ := strings.Cut(line, "{")
				got = append(got, before)
			}
			want := "<7>,<6>,<4>,<3>"
			if !journal {
				want = ",,,"
			}
			if strings.Join(got, ",") != want {
				t.Errorf("got %q, want %s", got, want)
			}
		})
	}
}
