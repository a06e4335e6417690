//go:build integration

package integration

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// streamed is a configuration of a stream that is read from its beginning, and keys of its
// sink.
func streamed(t *testing.T, brokerURL, keys string) string {
	t.Helper()
	return configFor(t, brokerURL, "type: stream, offset: first, arguments: {x-max-age: 7D}", keys)
}

// storable returns n messages that the broker can store in a stream. RabbitMQ 4 cannot store
// those which RabbitMQ 3 has made of the hub's: it fails to decode their headers.
func storable(t *testing.T, v *rig.VHost, n int) []replay.Message {
	t.Helper()
	all := recordings(t)
	if majorVersion(t, v) >= 4 {
		all = slices.DeleteFunc(all, func(m replay.Message) bool { return m.Publishing.Headers["x-amqp-1.0-app-properties"] != nil })
	}
	return replay.Repeat(all, n)
}

// TestStreamKill: a daemon that reads a stream is killed again and again; every message
// comes out at least once, in order.
func TestStreamKill(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, kills = 10_000, 8
	v := rig.Broker(t)
	config := streamed(t, v.URL(), "prefetch: 500")
	daemons := []*rig.Process{rig.Daemon(t, "run", "--config", config)}
	daemons[0].WaitStderr(t, patience, "consuming")
	published := make(chan struct{})
	messages := storable(t, v, n)
	go func() {
		defer close(published)
		publish(t, v, messages)
	}()
	for range kills {
		d := daemons[len(daemons)-1]
		rig.Eventually(t, patience, func() error { return atLeastLines(d, 1+rand.IntN(n/kills/2)) })
		d.Kill()
		daemons = append(daemons, rig.Daemon(t, "run", "--config", config))
	}
	<-published
	rig.Eventually(t, patience, func() error { return nothingLost(t, n, daemons) })
	stop(t, daemons[len(daemons)-1])
	all := whole(t, daemons)
	ordered(t, all)
	_, again := missing(t, n, all)
	t.Logf("%d kills, %d messages, %d came twice", kills, n, again)
	// An orderly end forgets nothing: what is read after it is new.
	last := rig.Daemon(t, "run", "--config", config)
	last.WaitStderr(t, patience, "consuming")
	publish(t, v, storable(t, v, 1))
	rig.Eventually(t, patience, func() error { return atLeastLines(last, 1) })
	stop(t, last)
	if got := events(t, last); len(got) != 1 {
		t.Errorf("%d events after a restart, want 1", len(got))
	}
}

// TestStreamStandby: a daemon that shares the folder streams with another one is ready and
// stands by, and takes over when that is killed. Two sinks of each read the same stream.
func TestStreamStandby(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 4000
	v := rig.Broker(t)
	config := streamed(t, v.URL(), "prefetch: 500")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(filepath.Dir(config), "file.jsonl")
	more := strings.SplitN(string(text), "sinks:\n", 2)[1]
	more = strings.Replace(strings.Replace(more, "name: out", "name: file", 1), "type: stdout", "type: file\n    path: "+file, 1)
	if err := os.WriteFile(config, []byte(string(text)+more), 0o600); err != nil {
		t.Fatal(err)
	}
	one := rig.Daemon(t, "run", "--config", config)
	one.WaitStderr(t, patience, "consuming")
	publish(t, v, storable(t, v, n)[:n/2])
	rig.Eventually(t, patience, func() error { return atLeastLines(one, n/4) })
	second := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text = []byte(strings.Replace(string(text)+more+"admin: {listen: 127.0.0.1:0}\n", filepath.Dir(config)+`"`, filepath.Dir(second)+`"`, 1))
	err = errors.Join(os.WriteFile(second, text, 0o600), os.Symlink(filepath.Join(filepath.Dir(config), "streams"), filepath.Join(filepath.Dir(second), "streams")))
	if err != nil {
		t.Fatal(err)
	}
	other := rig.Daemon(t, "run", "--config", second)
	other.WaitStderr(t, patience, "another process reads the stream")
	wantAnswer(t, adminAddress(t, other), "/readyz", http.StatusOK, "")
	publish(t, v, storable(t, v, n)[n/2:])
	rig.Eventually(t, patience, func() error { return atLeastLines(one, n*3/4) })
	if written := size(t, other); written > 0 {
		t.Errorf("the daemon that stands by has written %d bytes", written)
	}
	one.Kill()
	daemons := []*rig.Process{one, other}
	rig.Eventually(t, patience, func() error { return nothingLost(t, n, daemons) })
	ordered(t, whole(t, daemons))
	allIn(t, n, func() []out { return linesOf(t, file) })
	terminate(t, other)
	if code := other.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// idsOf returns the ids of events, in order.
func idsOf(all []out) []string {
	ids := make([]string, len(all))
	for i, e := range all {
		ids[i] = e.ID
	}
	return ids
}

// TestStreamReplay: a new sink gets what a stream has held since before it was there, with
// the same ids, up to what was there at the start; stopped in the middle, it goes on.
func TestStreamReplay(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 2000
	v := rig.Broker(t)
	daemon := rig.Daemon(t, "run", "--config", streamed(t, v.URL(), "prefetch: 500"))
	daemon.WaitStderr(t, patience, "consuming")
	messages := storable(t, v, n)
	for i := range messages[:n/2] {
		messages[i].Publishing.MessageId = "" // ids are made of what the message says
	}
	publish(t, v, messages[:n-10])
	publish(t, v, []replay.Message{unreadable()})
	rig.Eventually(t, patience, func() error { return atLeastLines(daemon, n-10) })
	archive := configFor(t, v.URL(), "type: quorum", "prefetch: 50")
	edit(t, archive, "name: "+queue+",", "name: archive,")
	file := filepath.Join(filepath.Dir(archive), "slow.jsonl")
	slow := sinkConfig(t, v.URL(), "exec", fmt.Sprintf("command: [sh, -c, %q]", "cat >>"+file+"; sleep 0.1"))
	read := func(config, from string) *rig.Process {
		return rig.Daemon(t, "replay", "--config", config, "--sink", "out", "--stream", queue, "--from", from)
	}
	first := read(slow, "2020-01-01T00:00")
	rig.Eventually(t, patience, func() error { return atLeast(linesOf(t, file), 5) })
	terminate(t, first)
	if code := first.WaitExit(t, patience); code != 1 {
		t.Errorf("exit code %d, stopped in the middle", code)
	}
	next := regexp.MustCompile(`--from ([0-9]+) goes on`).FindStringSubmatch(first.WaitStderr(t, patience, "goes on"))
	if next == nil {
		t.Fatalf("it does not say where to go on: %s", first.Stderr())
	}
	rest := read(archive, next[1])
	rest.WaitStderr(t, patience, "consuming")
	publish(t, v, messages[n-10:]) // which is not there at the start
	if code := rest.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	rest.WaitStderr(t, patience, "messages replayed, 1 dead letters")
	done, _ := strconv.Atoi(next[1])
	got, want := append(linesOf(t, file)[:done], events(t, rest)...), events(t, daemon)[:n-10]
	if !slices.Equal(idsOf(got), idsOf(want)) {
		t.Errorf("%d events with other ids, or in another order, than the %d of the daemon", len(got), len(want))
	}
	holds(t, v, "archive.dead", 1)
	stop(t, daemon)
}
