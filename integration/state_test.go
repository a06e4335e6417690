//go:build integration

package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// stateStream is the stream of the state in these tests.
const stateStream = "kojiwatch.state"

// sharedState is the configuration of a replica that reads the stream of the state.
func sharedState(t *testing.T, brokerURL string) string {
	t.Helper()
	config := durable(t, brokerURL)
	edit(t, config, "sinks:\n", "state: {stream: "+stateStream+"}\nadmin: {listen: 127.0.0.1:0}\nsinks:\n")
	return config
}

// simulatedHour returns the messages of an hour of a simulated build system.
func simulatedHour(t *testing.T) []replay.Message {
	t.Helper()
	messages, err := replay.Load("../internal/demo/history.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	return replay.Repeat(messages, len(messages))
}

// estimated is what is compared of an event's estimate.
type estimated struct {
	ID       string
	Estimate *struct {
		CompletionAt   string `json:"completion_at"`
		CompletionLow  string `json:"completion_low"`
		CompletionHigh string `json:"completion_high"`
		Duration       float64
		Samples        int
		Basis          string
	}
}

// estimatesOf returns the estimates that daemons have written, as JSON by the ids of events.
func estimatesOf(t *testing.T, daemons ...*rig.Process) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, d := range daemons {
		lines, err := wholeLines(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			var e estimated
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			text, err := json.Marshal(e.Estimate)
			if err != nil {
				t.Fatal(err)
			}
			all[e.ID] = string(text)
		}
	}
	return all
}

// TestWarmReplica: when the active replica is killed, the one that stood by sends events
// within ten seconds, with the estimates of a process that was never disturbed.
func TestWarmReplica(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	alone := durable(t, v.URL())
	edit(t, alone, "name: "+queue+",", "name: alone,")
	undisturbed := rig.Daemon(t, "run", "--config", alone)
	undisturbed.WaitStderr(t, patience, "consuming")
	active := rig.Daemon(t, "run", "--config", sharedState(t, v.URL()))
	consuming(t, v)
	standby := rig.Daemon(t, "run", "--config", sharedState(t, v.URL()))
	address := adminAddress(t, standby)
	reads(t, address, 0)

	messages := simulatedHour(t)
	n := len(messages)
	publish(t, v, messages[:n/2])
	rig.Eventually(t, patience, func() error { return atLeastLines(active, n/4) })
	if written := size(t, standby); written > 0 {
		t.Errorf("the replica that stands by has written %d bytes", written)
	}
	active.Kill()
	killed := time.Now()
	publish(t, v, messages[n/2:])
	rig.Eventually(t, patience, func() error { return atLeastLines(standby, 1) })
	if took := time.Since(killed); took > 10*time.Second {
		t.Errorf("the other replica took over after %s", took)
	}
	rig.Eventually(t, patience, func() error {
		if all := estimatesOf(t, active, standby); len(all) < n {
			return fmt.Errorf("%d of %d events", len(all), n)
		}
		return errors.Join(atLeastLines(undisturbed, n))
	})
	got, want, same := estimatesOf(t, standby), estimatesOf(t, undisturbed), 0
	for id, estimate := range got {
		if estimate == want[id] {
			same++
		} else {
			t.Logf("%s: %s, undisturbed %s", id, estimate, want[id])
		}
	}
	t.Logf("%d of %d estimates after the failover are the same", same, len(got))
	if same < len(got) || len(got) < n/2 {
		t.Errorf("%d of %d estimates after the failover are the same", same, len(got))
	}
	if unseen := scrape(t, address)["kojiwatch_state_unseen_total"]; unseen > 0 {
		t.Errorf("%g events were sent before the stream had told of them", unseen)
	}
	stop(t, standby)
	stop(t, undisturbed)
}

// reads waits until a replica has read the stream of the state up to an offset, and returns
// its status.
func reads(t *testing.T, address string, offset uint64) *status.Status {
	t.Helper()
	var s *status.Status
	rig.Eventually(t, patience, func() error {
		s, _ = statusOf(t, address)
		if s.State == nil || !s.State.Connected || s.State.Offset < offset {
			return fmt.Errorf("the state is %+v, want it read up to %d", s.State, offset)
		}
		return nil
	})
	return s
}

// TestReplicaRestarts: a replica that is killed goes on in the stream where it was: it learns
// nothing twice, and what it has not written down again. A new replica learns all of it.
func TestReplicaRestarts(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	config := sharedState(t, v.URL())
	d := rig.Daemon(t, "run", "--config", config)
	reads(t, adminAddress(t, d), 0)
	messages := simulatedHour(t)
	n := uint64(len(messages))
	publish(t, v, messages[:n/2])
	address := adminAddress(t, d)
	half := reads(t, address, n/2)
	d.WaitStderr(t, patience, "consuming")
	written(t, config)
	publish(t, v, messages[n/2:])
	before := reads(t, address, n)
	if before.Estimates.Scored <= half.Estimates.Scored {
		t.Fatalf("%d scored, then %d", half.Estimates.Scored, before.Estimates.Scored)
	}
	d.Kill()
	d = rig.Daemon(t, "run", "--config", config)
	after := reads(t, adminAddress(t, d), n)
	same(t, "after a restart", before, after)
	other := rig.Daemon(t, "run", "--config", sharedState(t, v.URL()))
	same(t, "a new replica", before, reads(t, adminAddress(t, other), n))
	stop(t, d)
	stop(t, other)
}

// written waits until a replica has written down what it has learnt.
func written(t *testing.T, config string) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		_, err := os.Stat(strings.TrimSuffix(config, "kojiwatch.yaml") + "scores.db")
		return err
	})
}

// same compares what replicas know.
func same(t *testing.T, what string, want, got *status.Status) {
	t.Helper()
	if *got.Estimates != *want.Estimates || got.History.Learnt != want.History.Learnt {
		t.Errorf("%s: %+v, %d averages; want %+v, %d", what, *got.Estimates, got.History.Learnt, *want.Estimates, want.History.Learnt)
	}
}

// TestStateRefused: a stream that the broker refuses is reported at the start, with what to
// do. With the permissions of the documentation it does not.
func TestStateRefused(t *testing.T) {
	t.Parallel() // it mostly waits
	refused := func(t *testing.T, url, says string) {
		t.Helper()
		d := rig.Daemon(t, "run", "--config", sharedState(t, url))
		if code := d.WaitExit(t, patience); code != 3 {
			t.Errorf("exit code %d, want 3", code)
		}
		d.WaitStderr(t, patience, "state.stream")
		d.WaitStderr(t, patience, says)
	}
	t.Run("no permission", func(t *testing.T) {
		v := rig.Broker(t)
		own := "^" + queue
		v.AddUser(t, "ci", "secret", rabbit.Permissions{Configure: own, Write: own, Read: "^(" + queue + `|amq\.topic$)`})
		refused(t, v.URLAs("ci", "secret"), "access to queue '"+stateStream+"'")
	})
	t.Run("the permissions of the documentation", func(t *testing.T) {
		v := rig.Broker(t)
		own := "^(" + queue + `|kojiwatch\.state$)`
		v.AddUser(t, "ci", "secret", rabbit.Permissions{Configure: own, Write: own, Read: "^(" + queue + `|kojiwatch\.state$|amq\.topic$)`})
		d := rig.Daemon(t, "run", "--config", sharedState(t, v.URLAs("ci", "secret")))
		reads(t, adminAddress(t, d), 0)
		stop(t, d)
	})
	t.Run("a queue of another type", func(t *testing.T) {
		v := rig.Broker(t)
		conn, err := amqp.Dial(v.URL())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		ch, err := conn.Channel()
		if err == nil {
			_, err = ch.QueueDeclare(stateStream, true, false, false, false, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		refused(t, v.URL(), "PRECONDITION_FAILED")
	})
}
