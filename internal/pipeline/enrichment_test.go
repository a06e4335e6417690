package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// bed is the daemon's handler with a hub, and what its sink was sent.
type bed struct {
	t    *testing.T
	hub  *hubtest.Server
	link *hub.Hub
	out  bytes.Buffer
	Player
}

func recordingPath(name string) string {
	return "../../parse/testdata/recordings/" + name + ".jsonl"
}

// newBed makes a handler whose hub knows what a recording's hub knew; without a
// name it knows nothing.
func newBed(t *testing.T, known string, change func(*config.Config)) *bed {
	t.Helper()
	// Before the hub, so that it is checked after the hub has ended.
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	var data hubtest.Data
	if known != "" {
		var err error
		if data, err = hubdata.FromRecording(recordingPath(known)); err != nil {
			t.Fatal(err)
		}
	}
	b := &bed{t: t, hub: hubtest.Start(t, hubtest.Options{Data: data})}
	c, err := config.FromHubFlags(config.HubFlags{Server: b.hub.URL}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	c.Cache.Disk = false
	if change != nil {
		change(c)
	}
	if b.link, err = hub.Open(t.Context(), c, nil, zerolog.Nop(), prometheus.NewRegistry()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.link.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	b.Player = Player{
		Handler: New(parse.New(parse.Options{}), b.link.Enricher, stdout.New(&b.out, stdout.JSON)),
		Stderr:  os.Stderr,
	}
	return b
}

// budget has events wait for the hub for a short time only.
func budget(d time.Duration) func(*config.Config) {
	return func(c *config.Config) { c.Hub.Budget = d }
}

// seen holds the members of an event that the tests look at.
type seen struct {
	ID         string
	Enrichment struct {
		Status  string
		Missing []struct{ Path, Reason string }
	}
}

// run plays a recording and returns its events.
func (b *bed) run(name string) []seen {
	b.t.Helper()
	b.out.Reset()
	if err := b.PlayFile(b.t.Context(), recordingPath(name), nil); err != nil {
		b.t.Fatal(err)
	}
	return events(b.t, b.out.Bytes())
}

// events reads what a sink was sent.
func events(t *testing.T, lines []byte) []seen {
	t.Helper()
	var all []seen
	for line := range bytes.Lines(lines) {
		var e seen
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// playPlain plays a recording without any hub.
func playPlain(t *testing.T, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	p := Player{
		Handler: New(parse.New(parse.Options{}), enrich.New(enrich.Options{}), stdout.New(&out, stdout.JSON)),
		Stderr:  os.Stderr,
	}
	if err := p.PlayFile(t.Context(), recordingPath(name), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ids are the events in the order of their coming.
func ids(events []seen) []string {
	list := make([]string, len(events))
	for i := range events {
		list[i] = events[i].ID
	}
	return list
}

// count counts events by status, and gaps by reason.
func count(events []seen) (status, reasons map[string]int) {
	status, reasons = map[string]int{}, map[string]int{}
	for _, e := range events {
		status[e.Enrichment.Status]++
		for _, m := range e.Enrichment.Missing {
			reasons[m.Reason]++
		}
	}
	return status, reasons
}

const recorded = "messages-protonmsg"

// TestWarm replays recordings again: what was shown once is not asked for again, so there
// is at most one request for a hundred events. Where the machine is so busy that the hub's
// answers come too late for some events, those are asked for the next time.
func TestWarm(t *testing.T) {
	b := newBed(t, recorded, nil)
	first := b.run(recorded)
	var requests int
	for range 3 {
		b.hub.ResetStats()
		again := b.run(recorded)
		if !reflect.DeepEqual(ids(first), ids(again)) {
			t.Fatal("the next time other events came")
		}
		if requests = b.hub.Stats().Requests; requests*100 <= len(again) {
			return
		}
	}
	t.Errorf("%d requests for %d events", requests, len(first))
}

// TestLateAnswers: an answer after 200 ms is in time, and many wait for it at once.
func TestLateAnswers(t *testing.T) {
	b := newBed(t, recorded, nil)
	b.hub.Inject(hubtest.Failure{Effect: hubtest.Delay(200 * time.Millisecond)})
	_, reasons := count(b.run(recorded))
	if reasons[enrich.ReasonTimeout]+reasons[enrich.ReasonHubDown] > 0 {
		t.Errorf("gaps: %v", reasons)
	}
}

// TestHubInTrouble: with a hub that does not answer, every event goes out, in order
// and with its gaps named; when the hub is well again, so are the events, without
// a restart.
func TestHubInTrouble(t *testing.T) {
	want := ids(events(t, playPlain(t, recorded)))
	for name, effect := range map[string]hubtest.Effect{
		"hangs":   hubtest.Hang(),
		"503":     hubtest.Status(503),
		"offline": hubtest.Fault(1014, "database outage"),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, recorded, budget(100*time.Millisecond))
			cure := b.hub.Inject(hubtest.Failure{Effect: effect})
			ill := b.run(recorded)
			if !reflect.DeepEqual(ids(ill), want) {
				t.Error("not all events came, or not in order")
			}
			status, reasons := count(ill)
			if status["partial"] == 0 || reasons[enrich.ReasonTimeout]+reasons[enrich.ReasonHubDown] == 0 {
				t.Errorf("got %v, gaps %v", status, reasons)
			}
			cure()
			for recovered := false; !recovered; {
				if t.Context().Err() != nil {
					t.Fatal("no recovery")
				}
				_, reasons := count(b.run(recorded))
				recovered = reasons[enrich.ReasonTimeout]+reasons[enrich.ReasonHubDown] == 0
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// TestKnowsNothing: a hub that has nil for everything leaves gaps that say so.
func TestKnowsNothing(t *testing.T) {
	b := newBed(t, "", nil)
	status, reasons := count(b.run(recorded))
	if status["partial"] == 0 || reasons[enrich.ReasonNotFound] == 0 || reasons[enrich.ReasonTimeout]+reasons[enrich.ReasonHubDown] > 0 {
		t.Errorf("got %v, gaps %v", status, reasons)
	}
}

// TestWaits: on_failure wait holds events until the hub answers; none has a gap
// that waiting could have filled.
func TestWaits(t *testing.T) {
	b := newBed(t, recorded, func(c *config.Config) {
		c.Hub.Budget, c.Hub.OnFailure = 50*time.Millisecond, config.OnFailureWait
	})
	cure := b.hub.Inject(hubtest.Failure{Effect: hubtest.Status(503)})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	j, err := b.Handler.Parse(firstDelivery(t, recorded))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Handler.Deliver(ctx, []*PendingEvent{j}); err == nil {
		t.Fatal("the event went out with gaps")
	}
	cure()
	_, reasons := count(b.run(recorded))
	if reasons[enrich.ReasonTimeout]+reasons[enrich.ReasonHubDown] > 0 {
		t.Errorf("gaps: %v", reasons)
	}
}

// TestFactsFirst: a hub whose answers contradict the message does not change what
// the message says. This one is another recording's: the same ids, other facts.
func TestFactsFirst(t *testing.T) {
	for _, name := range []string{recorded, "messages-fedora"} {
		other := map[string]string{recorded: "messages-fedora", "messages-fedora": recorded}[name]
		b := newBed(t, other, nil)
		b.run(name)
		enriched := strings.Split(b.out.String(), "\n")
		for i, line := range strings.Split(string(playPlain(t, name)), "\n") {
			var said, got map[string]any
			if line == "" {
				continue
			}
			if err := json.Unmarshal([]byte(line), &said); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(enriched[i]), &got); err != nil {
				t.Fatal(err)
			}
			delete(said, "summary")
			delete(said, "enrichment")
			if path, ok := holds(got, said, ""); !ok {
				t.Errorf("%s changed\nfrom %s\n to  %s", path, line, enriched[i])
			}
		}
	}
}

// holds reports whether got has every member of said, with the same value, and
// else where it differs. A text that is a guess from a source's URL may become
// certain.
func holds(got, said any, path string) (string, bool) {
	want, isObject := said.(map[string]any)
	if !isObject {
		return path, reflect.DeepEqual(got, said) || path == ".task.package"
	}
	have, _ := got.(map[string]any)
	for name, v := range want {
		if where, ok := holds(have[name], v, path+"."+name); !ok {
			return where, false
		}
	}
	return "", true
}

// TestStaleRecord: a build that is complete is asked for its tags, though a hub
// before 1.17 sends its record as it was while it was built.
func TestStaleRecord(t *testing.T) {
	const line = `{"routing_key": "koji.build.complete", "properties": {"headers": {"type": "BuildStateChange"}}, "body": ` +
		`{"attribute": "state", "old": 0, "new": 1, "info": {"id": 1, "name": "golang-x-net", "version": "2.2", "release": "11.1.epel10", "state": 0, "completion_ts": null}}}`
	b := newBed(t, "messages-protonmsg", nil)
	if err := b.Play(t.Context(), "stale", strings.NewReader(line)); err != nil {
		t.Fatal(err)
	}
	var e struct {
		Build struct {
			State string
			Tags  []string
		}
	}
	if err := json.Unmarshal(b.out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e.Build.State != "COMPLETE" || len(e.Build.Tags) == 0 {
		t.Errorf("got %s", b.out.Bytes())
	}
}
