//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

// dead runs a command on the dead letters of the sink and returns its output.
func dead(t *testing.T, action, config string, args ...string) string {
	t.Helper()
	p := rig.Daemon(t, append([]string{"dead", action, "--config", config, "--sink", "out"}, args...)...)
	if code := p.WaitExit(t, patience); code != 0 {
		t.Fatalf("dead %s: exit code %d: %s", action, code, p.Stderr())
	}
	text, err := os.ReadFile(p.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// picky writes a program that refuses events until it is fixed.
func picky(t *testing.T) (script string, events func() []out, repair func()) {
	t.Helper()
	dir := t.TempDir()
	script = filepath.Join(dir, "on-event")
	text := fmt.Sprintf("#!/bin/sh\ncd %q\ntest -e repaired || exit $((3 + KOJIWATCH_EVENT_ID %% 2))\ncat >> events\n", dir)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return script, func() []out { return linesOf(t, filepath.Join(dir, "events")) }, func() {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "repaired"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDeadLetters checks that list and show leave dead letters in place, that retry sends
// them to their sink unchanged, and that drop deletes the rest.
func TestDeadLetters(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 20
	v := rig.Broker(t)
	script, read, repair := picky(t)
	config := sinkConfig(t, v.URL(), "exec", fmt.Sprintf("command: [%q]", script))
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages)
	holds(t, v, queue+".dead", n)

	for range 2 { // list removes nothing and keeps the order
		var listed []string
		for line := range strings.Lines(dead(t, "list", config, "--json")) {
			var l struct {
				ID, Reason, Error, Exchange, Sink string
				Attempts                          int
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if l.Error == "" || l.Exchange == "" || l.Sink != "out" || l.Attempts != 1 || l.Reason != "exit-3" && l.Reason != "exit-4" {
				t.Errorf("%+v", l)
			}
			listed = append(listed, l.ID)
		}
		for i, id := range listed {
			if id != fmt.Sprint(i+1) {
				t.Fatalf("listed %v", listed)
			}
		}
		if len(listed) != n {
			t.Fatalf("%d of %d dead letters listed", len(listed), n)
		}
	}
	if shown := strings.Count(dead(t, "show", config, "--id", "7"), "\n"); shown != 1 {
		t.Errorf("%d letters shown", shown)
	}
	dead(t, "retry", config, "--id", "2") // nothing is fixed: it becomes a dead letter again
	holds(t, v, queue+".dead", n)
	repair()
	dead(t, "retry", config, "--reason", "exit-4")
	holds(t, v, queue+".dead", n/2)
	rig.Eventually(t, patience, func() error { return atLeast(read(), n/2) })
	empty(t, v, queue)
	for _, e := range read() {
		i := e.number(t)
		if i%2 != 1 || e.Topic != messages[i-1].RoutingKey || e.Type == "Unknown" {
			t.Errorf("message %d on %s came back as %+v", i, messages[i-1].RoutingKey, e)
		}
	}
	dead(t, "drop", config, "--all")
	empty(t, v, queue+".dead")
	stop(t, d)
}

// TestDeadLettersInAFile checks that dead letters in a file go back to the queue of their
// sink, each once, while the daemon adds others.
func TestDeadLettersInAFile(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 200
	v := rig.Broker(t)
	script, read, repair := picky(t)
	config := sinkConfig(t, v.URL(), "exec", fmt.Sprintf("command: [%q]\n    concurrency: 4\n    dead_letters: file", script))
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:n/2])
	listed := func() int { return strings.Count(dead(t, "list", config, "--json"), "\n") }
	letters := func(want int) {
		t.Helper()
		rig.Eventually(t, patience, func() error {
			if got := listed(); got != want {
				return fmt.Errorf("%d letters, want %d", got, want)
			}
			return nil
		})
	}
	letters(n / 2)
	publish(t, v, messages[n/2:]) // they become dead letters while the first ones are sent back
	dead(t, "retry", config, "--reason", "exit-3")
	letters(n)
	empty(t, v, queue)
	repair()
	dead(t, "retry", config, "--reason", "exit-4")
	letters(n / 2)
	rig.Eventually(t, patience, func() error { return atLeast(read(), n/2) })
	empty(t, v, queue)
	stop(t, d)
	seen := map[string]bool{}
	for _, e := range read() {
		if i := e.number(t); seen[e.ID] || i%2 != 1 || e.Topic != messages[i-1].RoutingKey {
			t.Errorf("message %d came as %+v; twice: %t", i, e, seen[e.ID])
		}
		seen[e.ID] = true
	}
}

// TestDeadLettersOfALockedDownBroker checks that dead letters are sent through the sink
// itself if the user may not publish.
func TestDeadLettersOfALockedDownBroker(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 10
	v := rig.Broker(t)
	v.AddUser(t, "guestbook", "public", rabbit.Permissions{
		Configure: "^" + queue + "$", Write: "^" + queue + "$", Read: "^(" + queue + "|amq\\.topic)$",
	})
	script, read, repair := picky(t)
	config := sinkConfig(t, v.URLAs("guestbook", "public"), "exec", fmt.Sprintf("command: [%q]\n    dead_letters: file", script))
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	rig.Eventually(t, patience, func() error {
		if got := strings.Count(dead(t, "list", config, "--json"), "\n"); got != n {
			return fmt.Errorf("%d letters", got)
		}
		return nil
	})
	stop(t, d)
	repair()
	dead(t, "retry", config, "--all")
	if got := len(read()); got != n {
		t.Errorf("%d events, want %d", got, n)
	}
	if left := dead(t, "list", config); left != "" {
		t.Errorf("left: %s", left)
	}
}
