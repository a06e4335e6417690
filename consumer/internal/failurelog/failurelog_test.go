package failurelog

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestAFailureIsLoggedWhenItBeginsAndWhenItEnds(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	l := New(&log, "fails", "works again")
	expect := func(when string, lines ...string) {
		t.Helper()
		got := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) == 0 && out.Len() == 0 {
			return
		}
		if len(got) != len(lines) {
			t.Fatalf("%s: %q, want %q", when, got, lines)
		}
		for i, line := range lines {
			if !strings.Contains(got[i], line) {
				t.Errorf("%s: line %d is %s, want %s in it", when, i+1, got[i], line)
			}
		}
	}
	l.Succeed()
	l.Begin(context.Canceled)
	l.Leave()
	expect("nothing fails, and the context ends")
	l.Begin(errors.New("first"))
	l.Begin(errors.New("second"))
	l.Succeed()
	expect("it fails in two places and works in a third", `"error":"first"`)
	l.Leave()
	l.Succeed()
	expect("it fails in one place", "fails")
	l.Leave()
	expect("it was abandoned", "fails")
	l.Begin(errors.New("again"))
	l.Leave()
	l.Succeed()
	l.Succeed()
	expect("it works", "fails", "works again")
}
