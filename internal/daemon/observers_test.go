package daemon

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
)

// TestObservers: an event that several sinks get is observed once, and once more if the
// first of them did not ask why the task failed.
func TestObservers(t *testing.T) {
	var o observers
	o.observe(&event.Event{ID: "before"}) // nobody is interested
	var got []string
	o.add(func(e *event.Event) { got = append(got, fmt.Sprint(e.ID, e.Failure != nil)) })
	for _, e := range []*event.Event{
		{ID: "a"}, {ID: "a"},
		{ID: "b"}, {ID: "b", Failure: &event.Failure{}}, {ID: "b", Failure: &event.Failure{}}, {ID: "b"},
		{ID: "c", Failure: &event.Failure{}}, {ID: "c"},
		{}, {}, // without an id nobody knows
	} {
		o.observe(e)
	}
	want := []string{"afalse", "bfalse", "btrue", "ctrue", "false", "false"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestObserversOfTheStream: what the stream of the state tells again is observed, but not
// counted; an event that a sink gets, too, is observed once.
func TestObserversOfTheStream(t *testing.T) {
	var o observers
	var seen, counted []string
	o.add(func(e *event.Event) { seen = append(seen, e.ID) })
	o.counting = append(o.counting, func(e *event.Event) { counted = append(counted, e.ID) })
	o.observeStream(&event.Event{ID: "again"}, false)
	o.observeStream(&event.Event{ID: "news"}, true)
	for _, id := range []string{"again", "news", "sink"} {
		o.observe(&event.Event{ID: id})
	}
	if want := []string{"again", "news", "sink"}; !slices.Equal(seen, want) || !slices.Equal(counted, want[1:]) {
		t.Errorf("seen %v, counted %v", seen, counted)
	}
}

// TestEventIDsAreBounded: the ids of long ago are forgotten.
func TestEventIDsAreBounded(t *testing.T) {
	var s eventIDs
	for i := range 3 * maxEventIDs {
		s.again(fmt.Sprint(i), false)
	}
	if n := s.seen.Len(); n > 2*maxEventIDs {
		t.Errorf("%d ids are remembered", n)
	}
	if last := fmt.Sprint(3*maxEventIDs - 1); !s.again(last, false) || s.again("0", false) {
		t.Error("the last is forgotten, or the first is not")
	}
}
