//go:build integration

package integration

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
)

func atLeast[T any](all []T, n int) error {
	if len(all) < n {
		return fmt.Errorf("%d events, want %d", len(all), n)
	}
	return nil
}

// TestEveryMessage: 20,000 messages in, 20,000 events out, in order per task
// and build, each message acknowledged once, the queue empty at the end.
func TestEveryMessage(t *testing.T) {
	const n = 20_000
	for name, keys := range map[string]string{
		"classic": "type: classic",
		"quorum":  "type: quorum",
	} {
		t.Run(name, func(t *testing.T) {
			v := rig.Broker(t)
			d := rig.Daemon(t, "run", "--config", configFor(t, v.URL(), keys, "prefetch: 500"))
			consuming(t, v)
			publish(t, v, recorded(t, n))
			arrived(t, n, d)
			empty(t, v, queue)
			s := stop(t, d)
			all := events(t, d)
			ordered(t, all)
			if len(all) != n {
				t.Errorf("%d events for %d messages", len(all), n)
			}
			if s.Deliveries != n || s.Done != n || s.Dead != 0 || s.Stale != 0 {
				t.Errorf("the daemon counted %+v", s)
			}
			for _, e := range all {
				if e.Type == "Unknown" {
					t.Fatalf("message %s on %s is unknown", e.ID, e.Topic)
				}
			}
		})
	}
}

// TestKill: the daemon is killed ten times in the middle; every message comes
// out at least once.
func TestKill(t *testing.T) {
	const n, kills = 20_000, 10
	v := rig.Broker(t)
	config := durable(t, v.URL())
	daemons := []*rig.Process{rig.Daemon(t, "run", "--config", config)}
	consuming(t, v)
	published := make(chan struct{})
	messages := recorded(t, n)
	go func() {
		defer close(published)
		publish(t, v, messages)
	}()
	for range kills {
		d := daemons[len(daemons)-1]
		before := rand.IntN(n / kills / 2)
		rig.Eventually(t, patience, func() error { return atLeastLines(d, 1+before) })
		d.Kill()
		daemons = append(daemons, rig.Daemon(t, "run", "--config", config))
	}
	<-published
	rig.Eventually(t, patience, func() error { return nothingLost(t, n, daemons) })
	empty(t, v, queue)
	stop(t, daemons[len(daemons)-1])
	all := whole(t, daemons)
	lost, again := missing(t, n, all)
	if lost > 0 {
		t.Errorf("%d of %d messages lost", lost, n)
	}
	ordered(t, all)
	t.Logf("%d kills, %d messages, %d came twice", kills, n, again)
}

// TestBrokerRestart: the broker goes away and comes back in the middle.
func TestBrokerRestart(t *testing.T) {
	const n = 20_000
	broker := rig.RestartableBroker(t)
	d := rig.Daemon(t, "run", "--config", durable(t, broker.URL()))
	consuming(t, broker.VHost)
	messages := recorded(t, n)
	publish(t, broker.VHost, messages[:n/2])
	rig.Eventually(t, patience, func() error { return atLeastLines(d, 100) })
	if err := broker.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, broker.VHost, messages[n/2:])
	arrived(t, n, d)
	empty(t, broker.VHost, queue)
	s := stop(t, d)
	all := events(t, d)
	ordered(t, all)
	_, again := missing(t, n, all)
	if s.Sessions < 2 {
		t.Errorf("%d sessions, although the broker was restarted", s.Sessions)
	}
	t.Logf("%d messages, %d came twice, %d verdicts were too late", n, again, s.Stale)
}

// TestLinkCuts: the wire is cut 50 times under load, in both ways a connection
// can end, with password authentication.
func TestLinkCuts(t *testing.T) {
	const n, cuts = 20_000, 50
	v := rig.Broker(t)
	v.AddUser(t, "watcher", "s3cret/with?signs", everything)
	link := rig.Proxy(t, v)
	d := rig.Daemon(t, "run", "--config", durable(t, link.URL(v.URLAs("watcher", "s3cret/with?signs"))))
	consuming(t, v)
	messages := recorded(t, n)
	for i := range cuts {
		before := size(t, d)
		publish(t, v, messages[i*n/cuts:(i+1)*n/cuts])
		rig.Eventually(t, patience, func() error { // the link is busy
			if size(t, d) == before {
				return errors.New("no event since the last cut")
			}
			return nil
		})
		how := wire.Reset
		if i%2 == 1 {
			how = wire.Close
		}
		rig.Eventually(t, patience, func() error {
			if link.Cut(how) == 0 {
				return errors.New("no connection to cut")
			}
			return nil
		})
	}
	arrived(t, n, d)
	empty(t, v, queue)
	s := stop(t, d)
	all := events(t, d)
	ordered(t, all)
	_, again := missing(t, n, all)
	if s.Sessions <= cuts/2 { // a cut may hit a link that is not up again
		t.Errorf("%d sessions for %d cuts", s.Sessions, cuts)
	}
	t.Logf("%d cuts, %d sessions, %d messages, %d came twice, %d verdicts were too late", cuts, s.Sessions, n, again, s.Stale)
}
