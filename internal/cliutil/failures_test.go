package cliutil

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/kojirpc"
)

func TestFailureLogger(t *testing.T) {
	fails, full := errors.New("it fails"), error(syscall.ENOSPC)
	away := error(&kojirpc.UnavailableError{What: "the hub", Err: fails})
	for name, c := range map[string]struct {
		tolerated int
		noted     []error
		want      string // lines by their first letter
	}{
		"nothing":                 {0, []error{nil, nil}, ""},
		"fails for long":          {0, []error{fails, fails, fails}, "b"},
		"fails and works":         {0, []error{nil, fails, fails, nil, nil}, "be"},
		"twice":                   {0, []error{fails, nil, full, nil}, "bebe"},
		"the hub is left alone":   {0, []error{away, away, nil}, ""},
		"and then fails":          {0, []error{away, fails, away, nil}, "be"},
		"one tolerated, once":     {1, []error{fails, nil, fails, nil}, ""},
		"one tolerated, for long": {1, []error{fails, fails, fails, nil}, "be"},
		"one tolerated, and the hub is left alone": {1, []error{fails, away, away, nil}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			trouble := &FailureLogger{Log: zerolog.New(&out), Begins: "begins", Ends: "ends", Tolerated: c.tolerated}
			for _, err := range c.noted {
				trouble.Note(err)
			}
			got := ""
			for line := range strings.Lines(out.String()) {
				_, word, _ := strings.Cut(line, `"message":"`)
				got += word[:1]
			}
			if got != c.want {
				t.Errorf("it logs %q, want %q:\n%s", got, c.want, out.String())
			}
			if strings.Contains(out.String(), "no space left") && !strings.Contains(out.String(), `"remedy":"free space`) {
				t.Errorf("it gives no remedy:\n%s", out.String())
			}
		})
	}
}
