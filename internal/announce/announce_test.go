package announce

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// publisher notes what is published, and fails for some queues.
type publisher struct {
	fails map[string]bool
	got   []string // queue and id
	last  []publish.Message
}

var errFull = errors.New("the queue is full")

func (p *publisher) Publish(_ context.Context, messages []publish.Message) []error {
	errs := make([]error, len(messages))
	p.last = messages
	for i := range messages {
		if m := &messages[i]; p.fails[m.Key] {
			errs[i] = errFull
		} else {
			p.got = append(p.got, m.Key+" "+m.MessageId)
		}
	}
	return errs
}

func campaign(id string) *event.Event {
	return &event.Event{
		ID: id, Type: event.CampaignType, Dialect: event.Kojiwatch, Campaign: &event.Campaign{Name: "f44", Step: event.StepDone},
	}
}

// open opens an outbox in a folder.
func open(t *testing.T, dir string) *Outbox {
	t.Helper()
	o, err := Open(filepath.Join(dir, "state", "outbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func add(t *testing.T, o *Outbox, id string, sinks ...string) {
	t.Helper()
	if err := o.Add([]*event.Event{campaign(id)}, sinks, noon); err != nil {
		t.Fatal(err)
	}
}

func TestDeliver(t *testing.T) {
	for name, test := range map[string]struct {
		queues []Queue
		fails  string
		want   []string
		left   int
	}{
		"to each queue":             {[]Queue{{Sink: "a", Name: "qa"}, {Sink: "b", Name: "qb"}}, "", []string{"qa 1", "qb 1"}, 0},
		"once to a stream":          {[]Queue{{Sink: "a", Name: "q"}, {Sink: "b", Name: "q"}}, "", []string{"q 1"}, 0},
		"not to a sink that left":   {[]Queue{{Sink: "a", Name: "qa"}}, "", []string{"qa 1"}, 0},
		"later to one not known":    {[]Queue{{Sink: "a", Name: "qa"}, {Sink: "b"}}, "", []string{"qa 1"}, 1},
		"later to one that refuses": {[]Queue{{Sink: "a", Name: "qa"}, {Sink: "b", Name: "qb"}}, "qb", []string{"qa 1"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, t.TempDir())
			add(t, o, "1", "a", "b")
			p := &publisher{fails: map[string]bool{test.fails: true}}
			if err := o.Deliver(t.Context(), p, test.queues, noon); errors.Is(err, errFull) != (test.fails != "") {
				t.Error(err)
			}
			if !slices.Equal(p.got, test.want) || o.Waiting() != test.left {
				t.Errorf("got %q and %d waiting, want %q and %d", p.got, o.Waiting(), test.want, test.left)
			}
			both := []Queue{{Sink: "a", Name: "qa"}, {Sink: "b", Name: "qb"}}
			p = &publisher{}
			if err := o.Deliver(t.Context(), p, both, noon); err != nil || len(p.got) != test.left {
				t.Errorf("then got %q, %v", p.got, err)
			}
		})
	}
}

// TestRestart: what was added waits in the file, and what a queue has does not.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir)
	add(t, o, "1", "a", "b")
	add(t, o, "1", "a", "b") // found again
	add(t, o, "2", "a")
	if err := o.Deliver(t.Context(), &publisher{}, []Queue{{Sink: "a", Name: "qa"}, {Sink: "b"}}, noon); err != nil {
		t.Fatal(err)
	}
	p := &publisher{}
	o = open(t, dir)
	if err := o.Deliver(t.Context(), p, []Queue{{Sink: "a", Name: "qa"}, {Sink: "b", Name: "qb"}}, noon); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.got, []string{"qb 1"}) || open(t, dir).Waiting() != 0 {
		t.Errorf("got %q", p.got)
	}
}

func TestOldAndMany(t *testing.T) {
	o := open(t, t.TempDir())
	var many []*event.Event
	for range maxWaiting + 5 {
		many = append(many, campaign(time.Duration(len(many)).String()))
	}
	if err := o.Add(many, []string{"a"}, noon); err != nil || o.Waiting() != maxWaiting {
		t.Errorf("%d wait, %v", o.Waiting(), err)
	}
	p := &publisher{}
	if err := o.Deliver(t.Context(), p, []Queue{{Sink: "a"}}, noon.Add(maxAge+time.Second)); err != nil || o.Waiting() != 0 {
		t.Errorf("%d wait, %v", o.Waiting(), err)
	}
}

// TestMessage: the message becomes the event that was added.
func TestMessage(t *testing.T) {
	o := open(t, t.TempDir())
	add(t, o, "kojiwatch campaign f44 done", "a")
	p := &publisher{}
	if err := o.Deliver(t.Context(), p, []Queue{{Sink: "a", Name: "qa"}}, noon); err != nil {
		t.Fatal(err)
	}
	m := &p.last[0]
	e, err := parse.New(parse.Options{}).Parse(&parse.Delivery{
		RoutingKey: m.Key, MessageID: m.MessageId, Headers: m.Headers, Body: m.Body,
	})
	if err != nil || e.ID != "kojiwatch campaign f44 done" || e.Campaign == nil || e.Campaign.Step != event.StepDone || !e.ReceivedAt.Equal(noon) {
		t.Errorf("got %+v, %v", e, err)
	}
}

// TestIDs: ids fit into a message.
func TestIDs(t *testing.T) {
	if got := ID("kojiwatch alert", "a", "b"); got != "kojiwatch alert a b" {
		t.Errorf("got %q", got)
	}
	long := strings.Repeat("x", 300)
	a, b := ID("kojiwatch", long, "a"), ID("kojiwatch", long, "b")
	if len(a) > 255 || a == b || a != ID("kojiwatch", long, "a") {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestUnreadable(t *testing.T) {
	for name, text := range map[string]string{"not JSON": "{", "another version": `{"format":2}`, "a hole": `{"format":1,"waiting":[null]}`} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "outbox.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if o, err := Open(path); !errors.Is(err, ErrFormat) || o.Waiting() != 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}
