//go:build integration

package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// labRecording is the recording for the tests of enrichment.
const labRecording = "../parse/testdata/recordings/messages-protonmsg.jsonl"

// enriched has the members of an event that the tests of enrichment check.
type enriched struct {
	out
	Enrichment struct {
		Status  string
		Missing []struct{ Path, Reason string }
	}
}

// waited reports whether the event lacks facts that the hub knows.
func (e enriched) waited() bool {
	for _, gap := range e.Enrichment.Missing {
		if gap.Reason == "timeout" || gap.Reason == "hub-down" {
			return true
		}
	}
	return false
}

// labHub starts a hub with the data of the recorded one.
func labHub(t *testing.T) *hubtest.Server {
	t.Helper()
	data, err := hubdata.FromRecording(labRecording)
	if err != nil {
		t.Fatal(err)
	}
	return hubtest.Start(t, hubtest.Options{Data: data})
}

// lab returns n messages of that hub, repeated as necessary.
func lab(t *testing.T, n int) []replay.Message {
	t.Helper()
	messages, err := replay.Load(labRecording)
	if err != nil {
		t.Fatal(err)
	}
	return replay.Repeat(messages, n)
}

// withHub adds a hub to a configuration.
func withHub(t *testing.T, config string, hub *hubtest.Server, budget time.Duration) string {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	more := fmt.Sprintf("hub: {server: %q, budget: %s}\ncache: {dir: %q}\n", hub.URL, budget, filepath.Join(t.TempDir(), "names"))
	if err := os.WriteFile(config, append(text, more...), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestEnriched checks that events have the hub's facts, with few requests.
func TestEnriched(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 5000
	v, hub := rig.Broker(t), labHub(t)
	d := rig.Daemon(t, "run", "--config", withHub(t, durable(t, v.URL()), hub, 30*time.Second))
	consuming(t, v)
	publish(t, v, lab(t, n))
	arrived(t, n, d)
	stop(t, d)
	for _, e := range rig.Output[enriched](t, d) {
		if e.waited() {
			t.Fatalf("event %s lacks facts of the hub: %+v", e.ID, e.Enrichment)
		}
	}
	ordered(t, events(t, d))
	if requests := hub.Stats().Requests; requests*100 > n {
		t.Errorf("%d requests for %d events", requests, n)
	}
}

// TestHubHangs checks that with a hub that accepts requests and never answers, events are
// sent at 500 a second or more, without loss and in order, and list what is missing. When
// the hub answers again, events are complete without a restart.
func TestHubHangs(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, budget = 10_000, 2 * time.Second
	v, hub := rig.Broker(t), labHub(t)
	cure := hub.Inject(hubtest.Failure{Effect: hubtest.Hang()})
	d := rig.Daemon(t, "run", "--config", withHub(t, durable(t, v.URL()), hub, budget))
	consuming(t, v)
	publish(t, v, lab(t, n)[:1]) // from here on the daemon knows that the hub hangs
	arrived(t, 1, d)
	began := time.Now()
	publish(t, v, lab(t, n)[1:])
	arrived(t, n, d)
	if took := time.Since(began); took > n/500*time.Second {
		t.Errorf("%d events took %s", n, took)
	}
	all := events(t, d)
	ordered(t, all)
	if lost, again := missing(t, n, all); lost+again > 0 {
		t.Errorf("%d lost, %d twice", lost, again)
	}
	partial := 0
	for _, e := range rig.Output[enriched](t, d) {
		if e.waited() {
			partial++
		}
	}
	if partial < n/2 {
		t.Errorf("%d of %d events are partial", partial, n)
	}
	cure()
	total := n
	rig.Eventually(t, patience, func() error {
		publish(t, v, lab(t, 250))
		total += 250
		rig.Eventually(t, patience, func() error { return atLeast(events(t, d), total) })
		waited := 0
		for _, e := range rig.Output[enriched](t, d)[total-250:] {
			if e.waited() {
				waited++
			}
		}
		if waited > 0 {
			return fmt.Errorf("%d of 250 events are partial", waited)
		}
		return nil
	})
	stop(t, d)
}
