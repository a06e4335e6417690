package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// queue is what a repair publishes, as events.
type queue struct {
	t      *testing.T
	events []*event.Event
	fail   error
}

func (q *queue) Publish(_ context.Context, messages []publish.Message) []error {
	errs := make([]error, len(messages))
	for i := range messages {
		m := &messages[i]
		errs[i] = q.fail
		if q.fail != nil {
			continue
		}
		e, err := parse.New(parse.Options{}).Parse(&parse.Delivery{
			Exchange: m.Headers[deadletter.HeaderExchange].(string), RoutingKey: m.Headers[deadletter.HeaderRoutingKey].(string),
			MessageID: m.MessageId, Headers: m.Headers, Body: m.Body, ReceivedAt: time.Now(),
		})
		if err != nil {
			q.t.Error(err)
			continue
		}
		q.events = append(q.events, e)
	}
	return errs
}

// told is a line for each event.
func (q *queue) told() []string {
	var all []string
	for _, e := range q.events {
		line := fmt.Sprintf("%s %s %s", e.ReceivedAt.Format("15:04:05"), e.Topic, e.Key())
		if e.Old != "" || e.New != "" {
			line += fmt.Sprintf(" %s>%s", e.Old, e.New)
		}
		if e.Tag.Name != "" {
			line += " " + e.Tag.Name
		}
		if e.User.Name != "" {
			line += " by " + e.User.Name
		}
		if e.Origin != event.Reconciled || e.Type == event.Unknown {
			q.t.Errorf("%s: origin %q, type %s", line, e.Origin, e.Type)
		}
		all = append(all, line)
	}
	return all
}

// unknown is a memory of a sink that was told nothing, but for some.
type unknown map[string]bool

func (u unknown) Known(f *facts.Fact) bool { return u[f.Subject+" "+f.Kind] }

// past is what a hub knows of a few minutes.
func past() hubtest.Data {
	return hubtest.Data{
		Users: []hubtest.User{{Name: "alice"}, {Name: "bob"}},
		Tasks: []hubtest.Task{
			{ID: 1, Method: "build", State: "CLOSED", Created: at(10), Started: at(20), Completed: at(30), Request: []any{"git://h/bash#1", "f44", map[string]any{}}, Result: "done"},
			{ID: 2, Method: "build", State: "OPEN", Created: at(-500), Started: at(25)},
			{ID: 3, Method: "build", State: "CANCELED", Created: at(-500), Completed: at(60)},
			{ID: 4, Method: "build", State: "FAILED", Created: at(-500), Started: at(-400), Completed: at(-300)},
		},
		Builds: []hubtest.Build{
			{ID: 7, Package: "bash", Version: "5", Release: "1", State: "COMPLETE", Task: 1, Created: at(21), Started: at(21), Completed: at(29)},
			{ID: 8, Package: "zsh", Version: "5", Release: "2", State: "COMPLETE", Created: at(40), Started: at(-900), Completed: at(-800)},
			{ID: 9, Package: "fish", Version: "4", Release: "1", State: "COMPLETE", Created: at(-900), Started: at(-900), Completed: at(-800), Promoted: at(70), Promoter: "bob"},
		},
		Events: []hubtest.Event{{ID: 10, Time: at(5)}, {ID: 20, Time: at(32)}, {ID: 30, Time: at(50)}, {ID: 40, Time: at(51)}},
		TagListings: []hubtest.TagListing{
			{Tag: "f44", Build: 7, Versioned: hubtest.Versioned{CreateEvent: 20, RevokeEvent: 30, Creator: "alice", Revoker: "bob"}},
		},
		TagPackages: []hubtest.TagPackage{
			{Tag: "f44", Package: "bash", Versioned: hubtest.Versioned{CreateEvent: 10, RevokeEvent: 30}},
			{Tag: "f44", Package: "bash", Blocked: true, Versioned: hubtest.Versioned{CreateEvent: 30, RevokeEvent: 40}},
		},
		TagPackageOwners: []hubtest.TagPackageOwner{
			{Tag: "f44", Package: "bash", Owner: "alice", Versioned: hubtest.Versioned{CreateEvent: 10, RevokeEvent: 20}},
			{Tag: "f44", Package: "bash", Owner: "bob", Versioned: hubtest.Versioned{CreateEvent: 20}},
		},
		Repos: []hubtest.Repo{
			{ID: 5, Tag: "f44", State: "EXPIRED", Created: at(-90), StateTime: at(34)},
			{ID: 6, Tag: "f44", State: "READY", Task: 1, CreateEvent: 20, Created: at(33), StateTime: at(35)},
			{ID: 7, Tag: "f44", State: "INIT", Created: at(80), StateTime: at(80)},
		},
	}
}

func repairOf(t *testing.T, hub *hubtest.Server, q *queue, topics ...string) *Repair {
	t.Helper()
	client, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(context.Background()) })
	return &Repair{API: client.API, Memory: unknown{}, Publisher: q, Route: Route{Queue: "q", Exchange: "amq.topic", Topics: topics}}
}

// TestAllThatHappened has every fact told once, in the order of time, as its message would
// have.
func TestAllThatHappened(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: past()})
	q := &queue{t: t}
	result, err := repairOf(t, hub, q, "koji.#").Run(t.Context(), noon, at(100))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"12:00:05 koji.package.add tag f44 f44 by alice",
		"12:00:10 koji.task.free task 1 >FREE",
		"12:00:20 koji.task.open task 1 ASSIGNED>OPEN",
		"12:00:21 koji.build.building build 7 >BUILDING",
		"12:00:25 koji.task.open task 2 ASSIGNED>OPEN",
		"12:00:29 koji.build.complete build 7 BUILDING>COMPLETE",
		"12:00:30 koji.task.closed task 1 OPEN>CLOSED",
		"12:00:32 koji.build.tag build 7 f44 by alice",
		"12:00:32 koji.package.update tag f44 f44 by alice",
		"12:00:33 koji.repo.init tag f44 f44",
		"12:00:35 koji.repo.done tag f44 f44",
		"12:00:40 koji.build.complete build 8 BUILDING>COMPLETE",
		"12:00:50 koji.build.untag build 7 f44 by bob",
		"12:00:50 koji.package.block tag f44 f44 by alice",
		"12:00:51 koji.package.unblock tag f44 f44 by alice",
		"12:01:00 koji.task.canceled task 3 FREE>CANCELED",
		"12:01:10 koji.build.promote build 9 1,draft_9>1 by bob",
		"12:01:20 koji.repo.init tag f44 f44",
	}
	if got := q.told(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", lines(got), lines(want))
	}
	if result.Found != len(want) || result.Sent != len(want) || !result.First.Equal(at(5)) || !result.Last.Equal(at(80)) {
		t.Errorf("got %+v", result)
	}
	if requests := hub.Stats().Requests; requests != result.Requests || requests > 2 {
		t.Errorf("%d requests, %d counted", requests, result.Requests)
	}
}

// TestSameFact: a sink that gets the message of a fact remembers this very fact.
func TestSameFact(t *testing.T) {
	r := repairOf(t, hubtest.Start(t, hubtest.Options{Data: past()}), nil, "#")
	found, _, err := ask(t.Context(), r.API, &r.Route, slice{noon, at(100)}, pageSize)
	if err != nil || len(found) == 0 {
		t.Fatalf("%d facts, %v", len(found), err)
	}
	for i := range found {
		q := &queue{t: t}
		m, err := found[i].message(&r.Route)
		if err != nil || q.Publish(t.Context(), []publish.Message{m})[0] != nil {
			t.Fatal(err)
		}
		got, ok := facts.Of(q.events[0])
		if want := found[i].Fact; !ok || !got.At.Equal(want.At) || got.Subject != want.Subject || got.Kind != want.Kind || got.Rank != want.Rank {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func lines(all []string) string {
	var text string
	for _, l := range all {
		text += "  " + l + "\n"
	}
	return text
}

// TestSlices: however the time is cut, each fact is told once.
func TestSlices(t *testing.T) {
	var data hubtest.Data
	const n = pageSize + 100
	for i := range n { // all within two seconds, and a few later
		end := at(0).Add(time.Duration(i) * 2 * time.Second / n)
		data.Tasks = append(data.Tasks, hubtest.Task{Method: "build", State: "CLOSED", Created: at(-500), Started: at(-400), Completed: end})
	}
	data.Tasks = append(data.Tasks, hubtest.Task{Method: "build", State: "CLOSED", Created: at(-500), Started: at(-400), Completed: at(50_000)})
	hub := hubtest.Start(t, hubtest.Options{Data: data})
	q := &queue{t: t}
	r := repairOf(t, hub, q, "#")
	var noted time.Time
	r.Note = func(upTo time.Time) error {
		if !upTo.After(noted) {
			t.Errorf("noted %s after %s", upTo, noted)
		}
		noted = upTo
		return nil
	}
	result, err := r.Run(t.Context(), noon, at(60_000))
	if err != nil || result.Sent != n+1 || len(q.events) != n+1 || !noted.Equal(at(60_000)) {
		t.Fatalf("got %+v, %d events, noted %s, %v", result, len(q.events), noted, err)
	}
	if result.Requests > 40 {
		t.Errorf("%d requests", result.Requests)
	}
}

// TestWhatIsKnown is not told, and neither is what the queue is not bound for.
func TestWhatIsKnown(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: past()})
	q := &queue{t: t}
	r := repairOf(t, hub, q, "eng.koji.build.*")
	r.Memory = unknown{"build/7 BUILDING": true, "build/7 COMPLETE": true, "tag/7/f44 Tag": true}
	result, err := r.Run(t.Context(), noon, at(100))
	want := []string{
		"12:00:40 eng.koji.build.complete build 8 BUILDING>COMPLETE",
		"12:00:50 eng.koji.build.untag build 7 f44 by bob",
		"12:01:10 eng.koji.build.promote build 9 1,draft_9>1 by bob",
	}
	if got := q.told(); err != nil || !slices.Equal(got, want) || result.Found != 6 || result.Sent != 3 {
		t.Errorf("got\n%s%+v, %v", lines(got), result, err)
	}
	if calls := hub.Stats().Calls; calls["listTasks"] != 0 || calls["repo.query"] != 0 {
		t.Errorf("the hub was asked for tasks or repositories that nobody wants: %v", calls)
	}
}

// TestBrokenOff: a repair that a broker or a hub breaks off has noted nothing of what it
// has not told.
func TestBrokenOff(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: past()})
	q := &queue{t: t, fail: errors.New("no broker")}
	r := repairOf(t, hub, q, "#")
	r.Note = func(time.Time) error { t.Error("noted"); return nil }
	if _, err := r.Run(t.Context(), noon, at(100)); !errors.Is(err, q.fail) {
		t.Errorf("got %v", err)
	}
	hub.Offline("database outage")
	if _, err := r.Run(t.Context(), noon, at(100)); err == nil {
		t.Error("the hub is down, and nothing said so")
	}
}

// oldHub refuses calls about drafts and repositories.
type oldHub struct {
	kojirpc.API
	refusals map[string]string // by an argument or method
}

func (h oldHub) CallAll(ctx context.Context, calls []*kojirpc.Call) error {
	err := h.API.CallAll(ctx, calls)
	for _, c := range calls {
		named, _ := c.Args[len(c.Args)-1].(kojirpc.Named)
		for what, text := range h.refusals {
			if c.Method == what || named[what] != nil {
				c.Err = &kojirpc.Fault{Code: kojirpc.CodeGenericError, Text: text}
			}
		}
	}
	return err
}

// TestOldHub: a hub that has no drafts and cannot list repositories is asked for all else. If
// it only fails to, nothing is left out.
func TestOldHub(t *testing.T) {
	const noDrafts, noList = "listBuilds() got an unexpected keyword argument 'promotedAfter'", "Invalid method: repo.query"
	for name, test := range map[string]struct {
		refusals map[string]string
		sent     int // -1: the repair fails
	}{
		"before 1.34":        {map[string]string{"promotedAfter": noDrafts, "repo.query": noList}, 14},
		"before 1.35":        {map[string]string{"repo.query": noList}, 15},
		"the database fails": {map[string]string{"repo.query": "server closed the connection unexpectedly"}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := repairOf(t, hubtest.Start(t, hubtest.Options{Data: past()}), &queue{t: t}, "#")
			r.API = kojirpc.NewAPI(oldHub{r.API, test.refusals})
			result, err := r.Run(t.Context(), noon, at(100))
			if test.sent < 0 != (err != nil) || err == nil && result.Sent != test.sent {
				t.Errorf("got %+v, %v", result, err)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	for name, test := range map[string]struct {
		topics []string
		name   string
		topic  string
		wanted bool
	}{
		"all":                {[]string{"#"}, "task.closed", "koji.task.closed", true},
		"a prefix":           {[]string{"eng.koji.#"}, "task.closed", "eng.koji.task.closed", true},
		"one word":           {[]string{"koji.task.*"}, "task.closed", "koji.task.closed", true},
		"another":            {[]string{"koji.task.*"}, "build.tag", "koji.build.tag", false},
		"several":            {[]string{"koji.task.closed", "koji.build.*"}, "build.tag", "koji.build.tag", true},
		"Fedora's":           {[]string{"org.fedoraproject.prod.buildsys.#"}, "task.closed", "org.fedoraproject.prod.buildsys.task.state.change", true},
		"Fedora's tag":       {[]string{"org.fedoraproject.prod.buildsys.tag"}, "build.tag", "org.fedoraproject.prod.buildsys.tag", true},
		"Fedora's package":   {[]string{"org.fedoraproject.prod.buildsys.tag"}, "package.add", "org.fedoraproject.prod.buildsys.package.list.change", false},
		"Fedora's promotion": {[]string{"org.fedoraproject.prod.buildsys.#"}, "build.promote", "org.fedoraproject.prod.buildsys.build.promote", true},
		"Fedora's repo":      {[]string{"org.fedoraproject.prod.buildsys.#"}, "repo.done", "org.fedoraproject.prod.buildsys.repo.done", true},
		"a dash at the end":  {[]string{"koji.#.tag"}, "build.tag", "koji.build.tag", true},
		"shorter":            {[]string{"koji.task.closed.x"}, "task.closed", "koji.task.closed", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Route{Topics: test.topics}
			if r.topic(test.name) != test.topic || r.wants(test.name) != test.wanted {
				t.Errorf("got %s, wanted %t", r.topic(test.name), r.wants(test.name))
			}
		})
	}
}
