package consumer

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestTroubleIsLoggedWhenItBeginsAndWhenItEnds(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	tr := &failureLogger{log: &log, begun: "fails", ended: "works again"}
	expect := func(when string, lines ...string) {
		t.Helper()
		got := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) == 0 && out.Len() == 0 {
			return
		}
		if len(got) != len(lines) {
			t.Fatalf("%s: %q, should be %q", when, got, lines)
		}
		for i, line := range lines {
			if !strings.Contains(got[i], line) {
				t.Errorf("%s: line %d is %s, should say %s", when, i+1, got[i], line)
			}
		}
	}
	tr.works()
	tr.begin(context.Canceled)
	tr.leave()
	expect("all is well, and ends")
	tr.begin(errors.New("first"))
	tr.begin(errors.New("second"))
	tr.works()
	expect("it fails in two places and works in a third", `"error":"first"`)
	tr.leave()
	tr.works()
	expect("it fails in one place", "fails")
	tr.leave()
	expect("it was given up", "fails")
	tr.begin(errors.New("again"))
	tr.leave()
	tr.works()
	tr.works()
	expect("it works", "fails", "works again")
}
