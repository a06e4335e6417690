//go:build integration

package integration

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
)

func atLeast[T any](all []T, n int) error {
	if len(all) < n {
		return fmt.Errorf("%d events, want %d", len(all), n)
	}
	return nil
}

// place is a vhost in which a daemon must lose nothing. It can restart the broker.
type place struct {
	*rig.VHost
	restart func(context.Context) error
	link    *wire.Proxy // the daemon connects through it, unless it is nil
	// again reports that events may come twice here.
	again bool
}

// url returns the URL of the vhost for a daemon.
func (p *place) url(address string) string {
	if p.link == nil {
		return address
	}
	return p.link.URL(address)
}

// anew returns the same place with another vhost.
func (p place) anew(t *testing.T) *place {
	t.Helper()
	p.VHost = p.NewVHost(t)
	return &p
}

// TestEveryMessage checks that 20,000 messages become 20,000 events, in order per task and
// build, that each message is acknowledged once, and that the queue is empty at the end.
func TestEveryMessage(t *testing.T) {
	for _, kind := range []string{"classic", "quorum"} {
		t.Run(kind, func(t *testing.T) {
			p := &place{VHost: rig.Broker(t)}
			p.everyMessage(t, "type: "+kind, 20_000)
		})
	}
}

func (p *place) everyMessage(t *testing.T, keys string, n int) {
	t.Helper()
	d := rig.Daemon(t, "run", "--config", configFor(t, p.url(p.URL()), keys, "prefetch: 500"))
	consuming(t, p.VHost)
	publish(t, p.VHost, recorded(t, n))
	arrived(t, n, d)
	empty(t, p.VHost, queue)
	s := stop(t, d)
	all := events(t, d)
	ordered(t, all)
	if !p.again && (len(all) != n || s.Deliveries != uint64(n) || s.Done != uint64(n) || s.Stale != 0) || s.Dead != 0 {
		t.Errorf("%d events for %d messages; the daemon counted %+v", len(all), n, s)
	}
	for _, e := range all {
		if e.Type == "Unknown" {
			t.Fatalf("message %s on %s is unknown", e.ID, e.Topic)
		}
	}
}

// TestKill checks that every message becomes an event although the daemon is killed ten
// times.
func TestKill(t *testing.T) {
	p := &place{VHost: rig.Broker(t)}
	p.kill(t, 20_000, 10)
}

func (p *place) kill(t *testing.T, n, kills int) {
	t.Helper()
	config := durable(t, p.url(p.URL()))
	daemons := []*rig.Process{rig.Daemon(t, "run", "--config", config)}
	consuming(t, p.VHost)
	published := make(chan struct{})
	messages := recorded(t, n)
	go func() {
		defer close(published)
		publish(t, p.VHost, messages)
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
	empty(t, p.VHost, queue)
	stop(t, daemons[len(daemons)-1])
	all := whole(t, daemons)
	lost, again := missing(t, n, all)
	if lost > 0 {
		t.Errorf("%d of %d messages lost", lost, n)
	}
	ordered(t, all)
	t.Logf("%d kills, %d messages, %d came twice", kills, n, again)
}

// TestBrokerRestart checks that nothing is lost when the broker restarts.
func TestBrokerRestart(t *testing.T) {
	broker := rig.PrivateBroker(t)
	p := &place{VHost: broker.VHost, restart: broker.Restart}
	p.brokerRestart(t, 20_000)
}

func (p *place) brokerRestart(t *testing.T, n int) {
	t.Helper()
	d := rig.Daemon(t, "run", "--config", durable(t, p.url(p.URL())))
	consuming(t, p.VHost)
	messages := recorded(t, n)
	publish(t, p.VHost, messages[:n/2])
	rig.Eventually(t, patience, func() error { return atLeastLines(d, 100) })
	if err := p.restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, p.VHost, messages[n/2:])
	arrived(t, n, d)
	empty(t, p.VHost, queue)
	s := stop(t, d)
	all := events(t, d)
	ordered(t, all)
	_, again := missing(t, n, all)
	if s.Sessions < 2 {
		t.Errorf("%d sessions, although the broker was restarted", s.Sessions)
	}
	t.Logf("%d messages, %d came twice, %d verdicts were too late", n, again, s.Stale)
}

// TestLinkCuts checks that nothing is lost when the connection is cut 50 times under load,
// with RST and with FIN, with password authentication.
func TestLinkCuts(t *testing.T) {
	v := rig.Broker(t)
	p := &place{VHost: v, link: rig.Proxy(t, v)}
	p.linkCuts(t, 20_000, 50)
}

func (p *place) linkCuts(t *testing.T, n, cuts int) {
	t.Helper()
	p.AddUser(t, "watcher", "s3cret/with?signs", everything)
	d := rig.Daemon(t, "run", "--config", durable(t, p.url(p.URLAs("watcher", "s3cret/with?signs"))))
	consuming(t, p.VHost)
	messages := recorded(t, n)
	for i := range cuts {
		before := size(t, d)
		publish(t, p.VHost, messages[i*n/cuts:(i+1)*n/cuts])
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
			if p.link.Cut(how) == 0 {
				return errors.New("no connection to cut")
			}
			return nil
		})
	}
	arrived(t, n, d)
	empty(t, p.VHost, queue)
	s := stop(t, d)
	all := events(t, d)
	ordered(t, all)
	_, again := missing(t, n, all)
	if s.Sessions <= uint64(cuts)/2 { // a cut may happen before the daemon has reconnected
		t.Errorf("%d sessions for %d cuts", s.Sessions, cuts)
	}
	t.Logf("%d cuts, %d sessions, %d messages, %d came twice, %d verdicts were too late", cuts, s.Sessions, n, again, s.Stale)
}

// TestFaultyBroker checks that nothing is lost while the broker is sometimes short of
// memory and disk, and while frames vanish on the way.
func TestFaultyBroker(t *testing.T) {
	t.Parallel() // it mostly waits
	broker := rig.PrivateBroker(t)
	p := place{VHost: broker.VHost, restart: broker.Restart, link: rig.Proxy(t, broker.VHost)}
	const n = 1_000
	for name, fault := range map[string]struct {
		again bool
		run   func(ctx context.Context)
	}{
		"alarms":           {false, func(ctx context.Context) { alarms(ctx, broker) }},
		"swallowed frames": {true, func(ctx context.Context) { swallowed(ctx, p.link) }},
	} {
		for what, run := range map[string]func(*testing.T, *place){
			"every message":  func(t *testing.T, p *place) { p.everyMessage(t, "type: classic", n) },
			"kill":           func(t *testing.T, p *place) { p.kill(t, n, 3) },
			"broker restart": func(t *testing.T, p *place) { p.brokerRestart(t, n) },
			"link cuts":      func(t *testing.T, p *place) { p.linkCuts(t, n, 4) },
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				var going sync.WaitGroup
				going.Go(func() { fault.run(ctx) })
				defer going.Wait()
				defer cancel()
				here := p.anew(t)
				here.again = fault.again
				run(t, here)
			})
		}
	}
}

// alarms makes a broker raise random alarms until ctx ends.
func alarms(ctx context.Context, broker *rig.Private) {
	states := [][]string{
		{"set_vm_memory_high_watermark", "0.000001"}, {"set_disk_free_limit", "1000000000000000"},
		{"set_vm_memory_high_watermark", "0.4"}, {"set_disk_free_limit", "50MB"},
	}
	for i := 0; ctx.Err() == nil; i++ {
		_, _ = broker.Ctl(ctx, states[i%len(states)]...) // it may be restarting
		pause(ctx, rand.N(time.Second))
	}
	for _, state := range states[2:] {
		_, _ = broker.Ctl(context.WithoutCancel(ctx), state...)
	}
}

// swallowed repeatedly makes the bytes in one direction vanish for a moment and then cuts
// the connections, until ctx ends.
func swallowed(ctx context.Context, link *wire.Proxy) {
	for i := 0; ctx.Err() == nil; i++ {
		pause(ctx, time.Second+rand.N(2*time.Second))
		link.Freeze(wire.Way(i % 2))
		pause(ctx, rand.N(time.Second))
		link.Cut(wire.Reset)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
