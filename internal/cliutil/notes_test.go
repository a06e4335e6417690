package cliutil

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
)

// TestNotes checks that after Hush writes succeed but write nothing.
func TestNotes(t *testing.T) {
	var out bytes.Buffer
	n := &Notes{To: &out}
	for _, text := range []string{"a", "b"} {
		if written, err := n.Write([]byte(text)); written != 1 || err != nil {
			t.Errorf("%s: %d, %v", text, written, err)
		}
		n.Hush()
	}
	if out.String() != "a" {
		t.Errorf("%q", out.String())
	}
	if IsTerminal(n) {
		t.Error("a buffer is taken for a terminal")
	}
	if f, ok := fileOf(&Notes{To: os.Stderr}); !ok || f != os.Stderr {
		t.Error("it is not known which file notes go to")
	}
}

// TestLogOfNotes: a log beside notes tells as much as they do, and its errors always.
func TestLogOfNotes(t *testing.T) {
	for name, tt := range map[string]struct {
		tell func(*Notes)
		want string
	}{
		"as configured": {func(*Notes) {}, "warn error"},
		"quiet":         {(*Notes).Hush, "error"},
		"verbose":       {(*Notes).Amplify, "debug info warn error"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			n := &Notes{To: &out}
			tt.tell(n)
			log, err := NewLog(config.Log{Level: config.LogWarn, Format: config.LogJSON}, n)
			if err != nil {
				t.Fatal(err)
			}
			for _, level := range []zerolog.Level{zerolog.DebugLevel, zerolog.InfoLevel, zerolog.WarnLevel, zerolog.ErrorLevel} {
				log.Logger.WithLevel(level).Msg("x")
			}
			var got []string
			for line := range strings.Lines(out.String()) {
				_, level, _ := strings.Cut(line, `"level":"`)
				level, _, _ = strings.Cut(level, `"`)
				got = append(got, level)
			}
			if strings.Join(got, " ") != tt.want || IsVerbose(n) != (name == "verbose") {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}
