package amqp

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

var _ sinks.Sink = (*Sink)(nil)

const usual = "kojiwatch.{kind}.{state}.{package}"

func key(t testing.TB, template string) Key {
	t.Helper()
	k, err := ParseKey(template)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeys(t *testing.T) {
	build := &event.Event{Type: event.BuildStateChange, New: "COMPLETE", Build: &koji.Build{Name: "python3.14"}}
	task := &event.Event{Type: event.TaskStateChange, New: "FAILED", Task: &koji.Task{Method: "newRepo", Owner: koji.Ref{Name: "kojira"}}}
	for _, c := range []struct {
		template string
		e        *event.Event
		want     string
	}{
		{usual, build, "kojiwatch.build.complete.python3_14"},
		{usual, task, "kojiwatch.task.failed.-"},
		{"a.{method}.{owner}.b", task, "a.newRepo.kojira.b"},
		{"{type}", build, "BuildStateChange"},
		{usual, &event.Event{Type: event.RepoDone}, "kojiwatch.repo.done.-"},
		{usual, &event.Event{Type: event.Tag, Build: &koji.Build{Name: "a#b.*"}}, "kojiwatch.tag.tag.a_b__"},
		{usual, &event.Event{Type: event.Untag, Package: koji.Ref{Name: "buildsys"}}, "kojiwatch.tag.untag.buildsys_"},
	} {
		if got := key(t, c.template).For(c.e); got != c.want {
			t.Errorf("%s: %s, want %s", c.template, got, c.want)
		}
	}
	for template, want := range map[string]string{
		"a.{b}": "there is no {b}; there are {kind}", "a.{kind": "lacks a }", "a.#": "holds one of", "": "makes no key",
		strings.Repeat("x", 256): "longer than 255",
	} {
		if _, err := ParseKey(template); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: got %v, want %s", template, err, want)
		}
	}
}

// TestKeysAreSafe checks that any event gives a valid AMQP routing key with as many
// words as its template, and none that kojiwatch itself subscribes to.
func TestKeysAreSafe(t *testing.T) {
	k := key(t, usual)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Just("buildsys"), rapid.StringN(300, 400, -1))
		e := &event.Event{
			Type: rapid.SampledFrom(event.Types()).Draw(t, "type"), New: text.Draw(t, "new"), Action: text.Draw(t, "action"),
			Build: &koji.Build{Name: text.Draw(t, "name")},
		}
		got := k.For(e)
		words := strings.Split(got, ".")
		if len(got) > maxKey || len(words) != 4 || words[0] != "kojiwatch" || slices.Contains(words, "") {
			t.Fatalf("%q", got)
		}
		if strings.ContainsAny(got, "*# \n") || slices.Contains(words, "buildsys") {
			t.Fatalf("%q", got)
		}
	})
}

// broker is a publisher that refuses the given messages.
type broker struct {
	refuse map[string]error // by message id
	got    []string
	waves  int
}

func (b *broker) Publish(_ context.Context, messages []Message) []error {
	b.waves++
	errs := make([]error, len(messages))
	for i, m := range messages {
		b.got = append(b.got, m.MessageId)
		errs[i] = b.refuse[m.MessageId]
	}
	return errs
}

func (b *broker) Blocked() string { return "" }
func (b *broker) Close()          {}

func taskEvents(ids ...string) []*event.Event {
	var list []*event.Event
	for _, id := range ids { // "a1" is about task a
		list = append(list, &event.Event{ID: id, Type: event.TaskStateChange, Task: &koji.Task{ID: int64(id[0])}})
	}
	return list
}

func TestOrderHoldsWhateverFails(t *testing.T) {
	b := &broker{refuse: map[string]error{"a1": errors.New("no room")}}
	s := New(b, Options{Exchange: "x", Key: key(t, usual)})
	err := s.Send(t.Context(), taskEvents("a1", "b1", "c1", "a2", "b2", "a3"))
	each, ok := errors.AsType[*sinks.BatchError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	var done []bool
	for _, err := range each.Errs {
		done = append(done, err == nil)
	}
	if !slices.Equal(done, []bool{false, true, true, false, true, false}) {
		t.Errorf("%v", each.Errs)
	}
	if want := []string{"a1", "b1", "c1", "b2"}; !slices.Equal(b.got, want) {
		t.Errorf("published %v, want %v", b.got, want)
	}
}

// TestABrokersFailureIsNoEventsFault checks that missing confirmations are an outage:
// the events are retried without limit.
func TestABrokersFailureIsNoEventsFault(t *testing.T) {
	silent := errors.New("no confirmation within 30s")
	b := &broker{refuse: map[string]error{"c1": silent, "d1": silent}}
	err := New(b, Options{Exchange: "x", Key: key(t, usual)}).Send(t.Context(), taskEvents("a1", "b1", "c1", "d1", "a2", "c2"))
	each, ok := errors.AsType[*sinks.BatchError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	for i, delivered := range []bool{true, true, false, false, true, false} {
		if err := each.Errs[i]; (err == nil) != delivered || !delivered && (!delivery.IsOutage(err) || sinks.IsRefusal(err)) {
			t.Errorf("event %d: %v", i, each.Errs[i])
		}
	}
}

func TestUnroutable(t *testing.T) {
	for policy, want := range map[Unroutable]struct {
		published []string
		dead      bool
		done      bool
	}{
		UnroutableRetry: {[]string{"a1"}, false, false},
		UnroutableDead:  {[]string{"a1", "a2"}, true, false},
		UnroutableDrop:  {[]string{"a1", "a2"}, false, true},
	} {
		b := &broker{refuse: map[string]error{"a1": ErrUnroutable}}
		s := New(b, Options{Exchange: "x", Key: key(t, usual), Unroutable: policy})
		err := s.Send(t.Context(), taskEvents("a1", "a2"))
		if (err == nil) != want.done || !slices.Equal(b.got, want.published) {
			t.Errorf("policy %s: %v, published %v", policy, err, b.got)
		}
		if each, ok := errors.AsType[*sinks.BatchError](err); ok {
			if dead := sinks.IsRefusal(each.Errs[0]); dead != want.dead {
				t.Errorf("policy %s: %v", policy, each.Errs[0])
			}
		}
	}
}

func TestMessage(t *testing.T) {
	s := New(&broker{}, Options{Exchange: "x", Key: key(t, usual)})
	m := s.Message(taskEvents("a1")[0])
	if m.MessageId != "a1" || m.DeliveryMode != 2 || m.ContentType != ContentType || !json.Valid(m.Body) || m.Headers.Validate() != nil {
		t.Errorf("%+v", m)
	}
}
