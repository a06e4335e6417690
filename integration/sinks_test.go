//go:build integration

package integration

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// sinkConfig writes a configuration with one sink of the given type and keys.
func sinkConfig(t *testing.T, brokerURL, kind, keys string) string {
	t.Helper()
	path := configFor(t, brokerURL, "durable: true", keys)
	edit(t, path, "type: stdout", "type: "+kind)
	return path
}

// linesOf reads the events in files of lines of JSON. The last line of a file may be
// incomplete.
func linesOf(t *testing.T, pattern string) []out {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all []out
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e out
			if json.Unmarshal(lines.Bytes(), &e) == nil {
				all = append(all, e)
			}
		}
		_ = f.Close()
	}
	return all
}

func allIn(t *testing.T, n int, read func() []out) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		if lost, _ := missing(t, n, read()); lost > 0 {
			return fmt.Errorf("%d of %d have not arrived", lost, n)
		}
		return nil
	})
}

// TestFileSink checks that every event is in one of the files, although they are rotated by
// size and by another program, and the daemon is killed.
func TestFileSink(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 3000
	v := rig.Broker(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "e.jsonl")
	config := sinkConfig(t, v.URL(), "file", "path: "+path+"\n    max_size: 200KB")
	read := func() []out { return linesOf(t, filepath.Join(dir, "*")) }
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:n/3])
	rig.Eventually(t, patience, func() error { return atLeast(read(), 100) })
	d.Kill()
	d = rig.Daemon(t, "run", "--config", config)
	publish(t, v, messages[n/3:2*n/3])
	allIn(t, 2*n/3, read)
	if err := os.Rename(path, filepath.Join(dir, "moved")); err != nil {
		t.Fatal(err)
	}
	if err := d.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.WaitStderr(t, patience, "reopening the file")
	publish(t, v, messages[2*n/3:])
	allIn(t, n, read)
	empty(t, v, queue)
	stop(t, d)
	if rotated, _ := filepath.Glob(path + ".*"); len(rotated) == 0 {
		t.Error("nothing was rotated")
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("after SIGHUP: %v", err)
	}
}

// TestExecSink checks a program that fails temporarily, and permanently for some events.
func TestExecSink(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 60
	v := rig.Broker(t)
	dir := t.TempDir()
	script := filepath.Join(dir, "on-event")
	text := fmt.Sprintf(`#!/bin/sh
cd %q
if test ! -e up; then touch up; exit 75; fi
case $KOJIWATCH_EVENT_ID in 7) echo cannot; exit 4;; esac
flock lock cat >> events
`, dir)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	d := rig.Daemon(t, "run", "--config", sinkConfig(t, v.URL(), "exec", fmt.Sprintf("command: [%q]\n    concurrency: 4", script)))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	read := func() []out { return linesOf(t, filepath.Join(dir, "events")) }
	rig.Eventually(t, patience, func() error { return atLeast(read(), n-1) })
	empty(t, v, queue)
	holds(t, v, queue+".dead", 1)
	s := stop(t, d)
	all := read()
	ordered(t, all)
	if len(all) != n-1 || s.Done != n-1 || s.Dead != 1 {
		t.Errorf("%d events; the daemon counted %+v", len(all), s)
	}
}

// subscriber binds a queue for routing keys with a prefix, as a consumer of enriched events
// would.
func subscriber(t *testing.T, v *rig.VHost, exchange, keys string) *amqp.Channel {
	t.Helper()
	conn, err := amqp.Dial(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ch.QueueDeclare("subscriber", true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	if err := ch.QueueBind("subscriber", keys, exchange, false, nil); err != nil {
		t.Fatal(err)
	}
	return ch
}

// TestAMQPSink checks that no event is lost if the queue for enriched events is bound only
// after the first ones were sent.
func TestAMQPSink(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 2000
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", sinkConfig(t, v.URL(), "amqp", "publish_to: enriched\n    declare_exchange: true\n    exchange: amq.topic"))
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:10])
	d.WaitStderr(t, patience, "nothing is bound for the key")
	in, err := subscriber(t, v, "enriched", "kojiwatch.#").Consume("subscriber", "", true, true, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	publish(t, v, messages[10:])
	var all []out
	rig.Eventually(t, patience, func() error {
		for {
			select {
			case m := <-in:
				var e out
				if err := json.Unmarshal(m.Body, &e); err != nil || m.MessageId != e.ID || m.DeliveryMode != 2 {
					t.Fatalf("%v: %+v", err, m)
				}
				all = append(all, e)
			default:
				if lost, _ := missing(t, n, all); lost > 0 {
					return fmt.Errorf("%d of %d have not arrived", lost, n)
				}
				return nil
			}
		}
	})
	ordered(t, all)
	empty(t, v, queue)
	stop(t, d)
}
