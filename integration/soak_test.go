//go:build integration

package integration

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
)

// soakRate is the number of messages published per second.
const soakRate = 100

// soak is a run of two replicas, each with two sinks, with random faults. The queues are
// quorum queues, because classic queues with a single active consumer crash and fail to
// restart after some cuts on RabbitMQ 3.10, with any consumer. All consumers have the same
// prefetch, because messages that return to a quorum queue go behind those that returned
// earlier.
type soak struct {
	t        *testing.T
	broker   *rig.Private
	receiver *receiver
	web      *wire.Proxy // in front of the receiver
	ca       string      // of the receiver
	replicas []*replica
	hardship atomic.Pointer[hardship]

	letters map[string][]amqp.Delivery // all dead letters so far, by sink

	begun   time.Time
	history history
	open    map[*fault]int // the index in the history of an active fault
}

// replica is one of the processes.
type replica struct {
	name    string
	link    *wire.Proxy // to the broker
	path    string      // of its configuration
	variant int         // of the configuration
	killed  bool        // and not restarted yet
	*rig.Process
	all []*rig.Process // all processes so far
}

// soakSinks returns the names of the sinks and of their queues.
var soakSinks = []string{"single", "batched"}

// How bad a message is.
const (
	good       = ""
	unreadably = "unparseable"
	refused    = "refused"
	poisonous  = "retries_spent" // the receiver always answers 500
)

// badness returns the reason for which the n-th message must become a dead letter.
func badness(n int) string {
	switch {
	case n%400 == 150:
		return unreadably
	case n%2000 == 1100:
		return refused
	case n%2500 == 700:
		return poisonous
	}
	return good
}

// The short form has the same faults each time, so that a failure is caused by a change and
// not by other faults. Every fault occurs.
const (
	shortSoak = time.Minute
	shortSeed = 3
)

// TestSoak checks that with random faults, alone and combined, every event arrives in order
// or becomes a dead letter for the right reason, and that no process ends by itself. It runs
// for KOJIWATCH_SOAK, with the faults of KOJIWATCH_SOAK_FAULTS and the seed
// KOJIWATCH_SOAK_SEED.
func TestSoak(t *testing.T) {
	t.Parallel() // it mostly waits
	long, seed := shortSoak, uint64(shortSeed)
	var errs [2]error
	if text := os.Getenv("KOJIWATCH_SOAK"); text != "" {
		long, errs[0] = time.ParseDuration(text)
		seed = rand.Uint64()
	}
	if text := os.Getenv("KOJIWATCH_SOAK_SEED"); text != "" {
		seed, errs[1] = strconv.ParseUint(text, 10, 64)
	}
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	t.Logf("KOJIWATCH_SOAK_SEED=%d KOJIWATCH_SOAK=%s", seed, long)
	s := newSoak(t)
	messages := soakMessages(t, soakRate*int(long.Seconds()))
	plan := schedule(rand.New(rand.NewPCG(seed, 0)), chosen(t, s.faults()), long)
	var published sync.WaitGroup
	published.Go(func() { publishEvenly(t, s.broker.VHost, messages, soakRate) })
	s.goThrough(plan)
	published.Wait()
	s.drain(len(messages))
	s.addSessionsHeld()
	for _, sink := range soakSinks {
		s.check(sink, len(messages))
	}
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	s := &soak{t: t, broker: rig.PrivateBroker(t), begun: time.Now(), open: map[*fault]int{}, letters: map[string][]amqp.Delivery{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("faults:\n%s", s.history.write(s.begun))
		}
	})
	s.receive()
	for _, name := range []string{"a", "b"} {
		r := &replica{name: name, link: rig.Proxy(t, s.broker.VHost), path: filepath.Join(t.TempDir(), "kojiwatch.yaml")}
		s.replicas = append(s.replicas, r)
		s.start(r)
	}
	for _, sink := range soakSinks {
		rig.Eventually(t, patience, func() error {
			stats, err := s.broker.QueueStats(t.Context(), sink)
			if err == nil && stats.Consumers != len(s.replicas) {
				err = fmt.Errorf("%d consumers of %s", stats.Consumers, sink)
			}
			return err
		})
	}
	s.begun = time.Now()
	return s
}

// receive starts the receiver, which supports HTTP/2, and the network in front of it.
func (s *soak) receive() {
	s.t.Helper()
	s.receiver = &receiver{times: map[string][]time.Time{}}
	s.receiver.mood = func(w http.ResponseWriter, req incoming) bool {
		h := s.hardship.Load()
		return h != nil && h.answer(w, req)
	}
	s.receiver.refuse = func(e out) int {
		n, _ := strconv.Atoi(e.ID)
		return map[string]int{refused: http.StatusBadRequest, poisonous: http.StatusInternalServerError}[badness(n)]
	}
	s.receiver.Server = httptest.NewUnstartedServer(s.receiver)
	s.receiver.EnableHTTP2 = true
	s.receiver.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that are cut
	s.receiver.StartTLS()
	s.t.Cleanup(s.receiver.Close)
	var err error
	if s.web, err = wire.Listen(s.receiver.Listener.Addr().String()); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.web.Close)
	s.ca = filepath.Join(s.t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: s.receiver.Certificate().Raw}
	if err := os.WriteFile(s.ca, pem.EncodeToMemory(block), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// soakMessages returns messages that are numbered from 1. Some are bad.
func soakMessages(t *testing.T, n int) []replay.Message {
	t.Helper()
	all := recorded(t, n)
	for i := range all {
		if badness(i+1) == unreadably {
			id := all[i].Publishing.MessageId
			all[i] = unreadable()
			all[i].Publishing.MessageId = id
		}
	}
	return all
}

// configure writes one of several configurations of a replica.
func (s *soak) configure(r *replica) {
	s.t.Helper()
	r.variant++
	text := fmt.Sprintf("broker: {url: %q, heartbeat: 2s, dial_timeout: 3s, rpc_timeout: 4s}\nstate_dir: %q\nshutdown_grace: 5s\nestimates: {enabled: false}\nsinks:\n",
		r.link.URL(s.broker.URL()), filepath.Dir(r.path))
	for i, name := range soakSinks {
		text += fmt.Sprintf(`  - name: %s
    type: webhook
    topics: ["#"]
    queue: {name: %s, type: quorum}
    prefetch: 100
    url: "https://%s/%s"
    http_tls: {ca_file: %q}
    headers: {X-Replica: %s, X-Variant: "%d"}
    request_timeout: 3s
    in_flight: %d
    retry: {attempts: 6, hold_limit: 8s, down_after: 4}
    body: ndjson
    batch: %d
`, name, name, s.web.Addr(), name, s.ca, r.name, r.variant/2, 6+r.variant%3, 1+19*i)
	}
	if err := errors.Join(os.WriteFile(r.path+".new", []byte(text), 0o600), os.Rename(r.path+".new", r.path)); err != nil {
		s.t.Fatal(err)
	}
}

// start starts a process of a replica.
func (s *soak) start(r *replica) {
	s.t.Helper()
	s.configure(r)
	r.Process, r.killed = rig.Daemon(s.t, "run", "--config", r.path), false
	r.all = append(r.all, r.Process)
}

// faults returns all faults.
func (s *soak) faults() []fault {
	ctl := func(args ...string) func() error {
		return func() error {
			_, err := s.broker.Ctl(s.t.Context(), args...)
			return err
		}
	}
	all := []fault{
		{name: "memory alarm", apart: "memory", least: 2 * time.Second, most: 10 * time.Second,
			begin: ctl("set_vm_memory_high_watermark", "0.000001"), end: ctl("set_vm_memory_high_watermark", "0.4")},
		{name: "disk alarm", apart: "disk", least: 2 * time.Second, most: 10 * time.Second,
			begin: ctl("set_disk_free_limit", "1000000000000000"), end: ctl("set_disk_free_limit", "50MB")},
		{name: "receiver: connections cut", apart: "web", answers: true, begin: func() error { s.web.Cut(wire.Reset); return nil }},
		{name: "receiver: connections half dead", apart: "web", answers: true, begin: func() error { s.web.Freeze(); return nil }},
		{name: "receiver: answers swallowed", apart: "web", least: time.Second, most: 6 * time.Second, answers: true,
			begin: func() error { s.web.Freeze(wire.ToClient); return nil }, end: func() error { s.web.Cut(wire.Close); return nil }},
		{name: "receiver: refuses connections", apart: "web", least: time.Second, most: 10 * time.Second, answers: true,
			begin: func() error { s.web.Refuse(); s.web.Cut(wire.Close); return nil }, end: s.web.Admit},
	}
	for _, h := range hardships(4 * time.Second) {
		all = append(all, fault{name: "receiver: " + h.name, apart: "receiver", least: 2 * time.Second, most: 12 * time.Second, answers: true,
			begin: func() error { s.hardship.Store(&h); return nil }, end: func() error { s.hardship.Store(nil); return nil }})
	}
	for _, r := range s.replicas {
		all = append(all, s.faultsOf(r)...)
	}
	return all
}

// faultsOf returns the faults of one replica.
func (s *soak) faultsOf(r *replica) []fault {
	cut := func(how wire.Cut) func() error { return func() error { r.link.Cut(how); return nil } }
	swallow := func(ways ...wire.Way) func() error { return func() error { r.link.Freeze(ways...); return nil } }
	const least, most = time.Second, 8 * time.Second
	all := []fault{
		{name: "cut", apart: "link", begin: cut(wire.Reset)},
		{name: "closed", apart: "link", begin: cut(wire.Close)},
		{name: "frames to the broker swallowed", apart: "link", least: least, most: most, begin: swallow(wire.ToServer), end: cut(wire.Reset)},
		{name: "frames from the broker swallowed", apart: "link", least: least, most: most, begin: swallow(wire.ToClient), end: cut(wire.Reset)},
		{name: "link silent", apart: "link", least: least, most: most, begin: func() error { r.link.Stall(); return nil }, end: func() error { r.link.Resume(); return nil }},
		{name: "killed", apart: "process", least: 0, most: 4 * time.Second, begin: func() error { r.killed = true; r.Kill(); return nil }, end: func() error { s.start(r); return nil }},
		{name: "reload", apart: "process", begin: func() error {
			r.WaitStderr(s.t, patience, "kojiwatch starts") // before that, a SIGHUP kills it
			s.configure(r)
			if err := r.Signal(syscall.SIGHUP); !errors.Is(err, os.ErrProcessDone) {
				return err
			}
			return nil // revive reports that
		}},
	}
	for i := range all {
		all[i].name, all[i].apart, all[i].replica = r.name+": "+all[i].name, r.name+all[i].apart, r.name
	}
	return all
}

// goThrough starts and ends faults as scheduled.
func (s *soak) goThrough(plan []moment) {
	s.t.Helper()
	for _, m := range plan {
		time.Sleep(time.Until(s.begun.Add(m.at)))
		s.revive()
		step := m.fault.begin
		if m.ends {
			step = m.fault.end
		} else {
			s.open[m.fault] = len(s.history)
			s.history = append(s.history, happening{m.fault.name, m.fault.replica, m.fault.answers, time.Now(), time.Now()})
		}
		if step != nil {
			if err := step(); err != nil {
				s.t.Errorf("%s: %v", m.fault.name, err)
			}
		}
		s.history[s.open[m.fault]].to = time.Now()
	}
}

// revive restarts a process that has ended by itself, and reports that as an error.
func (s *soak) revive() {
	s.t.Helper()
	for _, r := range s.replicas {
		if r.killed || r.Running() {
			continue
		}
		code, _ := r.Wait(context.Background())
		s.t.Errorf("%s has ended by itself at %.2fs: exit code %d", r.name, time.Since(s.begun).Seconds(), code)
		s.history = append(s.history, happening{r.name + " ended by itself", r.name, true, time.Now(), time.Now()})
		s.start(r)
	}
}

// drain waits until each message of 1 to n was delivered to each sink or became a dead
// letter, and then until the queues are empty. The counts of a quorum queue are many seconds
// old, so they are not enough.
func (s *soak) drain(n int) {
	s.t.Helper()
	end := time.Now().Add(2 * patience)
	for ; ; time.Sleep(time.Second) {
		s.revive()
		left := 0
		for _, sink := range soakSinks {
			s.collect(sink)
			left += len(s.without(sink, n))
		}
		if left == 0 {
			break
		}
		if time.Now().After(end) {
			s.t.Errorf("%d messages are pending after %s", left, 2*patience)
			return
		}
	}
	for _, sink := range soakSinks {
		rig.Eventually(s.t, patience, func() error {
			stats, err := s.broker.QueueStats(s.t.Context(), sink)
			if err == nil && stats.Ready+stats.Unacked > 0 {
				err = fmt.Errorf("%s holds %d and %d", sink, stats.Ready, stats.Unacked)
			}
			return err
		})
		s.collect(sink)
	}
}
