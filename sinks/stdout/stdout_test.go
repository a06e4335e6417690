package stdout_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

var _ sinks.Sink = (*stdout.Sink)(nil)

func events(ids ...string) []*event.Event {
	var list []*event.Event
	for _, id := range ids {
		list = append(list, &event.Event{ID: id, Type: event.Unknown, Dialect: event.NoDialect})
	}
	return list
}

func id(dst []byte, e *event.Event) []byte { return append(append(dst, e.ID...), '\n') }

// writes records each write, and can make writes fail.
type writes struct {
	got  []string
	take []int // how many bytes each of the next writes accepts before it fails; -1: all
}

func (w *writes) Write(p []byte) (int, error) {
	n := len(p)
	if len(w.take) > 0 {
		if w.take[0] >= 0 {
			n = min(n, w.take[0])
		}
		w.take = w.take[1:]
	}
	w.got = append(w.got, string(p[:n]))
	if n < len(p) {
		return n, errors.New("no space left on device")
	}
	return n, nil
}

func TestOneWritePerBatch(t *testing.T) {
	var w writes
	s := stdout.New(&w, stdout.JSON)
	if err := s.Send(t.Context(), events("a", "b")); err != nil {
		t.Fatal(err)
	}
	if len(w.got) != 1 || strings.Count(w.got[0], "\n") != 2 {
		t.Errorf("writes %q", w.got)
	}
}

// TestFullDisk checks that a torn line is ended before its events are written again, so
// that every event has a line of its own.
func TestFullDisk(t *testing.T) {
	w := writes{take: []int{3, 0, 0, -1}}
	s := stdout.New(&w, id)
	for range 3 {
		if err := s.Send(t.Context(), events("aa", "bb")); err == nil {
			t.Fatal("a failed write is not reported")
		}
	}
	if err := s.Send(t.Context(), events("aa", "bb")); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), events("cc")); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(w.got, ""), "aa\naa\nbb\ncc\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.got, w.take = nil, []int{4, -1}
	if err := s.Send(t.Context(), events("dd", "ee")); err == nil {
		t.Fatal("a failed write is not reported")
	}
	if err := s.Send(t.Context(), events("dd", "ee")); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(w.got, ""), "dd\ne\ndd\nee\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShortWrite(t *testing.T) {
	r, w := io.Pipe()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := stdout.New(w, id).Send(t.Context(), events("a")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
