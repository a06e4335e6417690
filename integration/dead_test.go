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
)

// dead runs a command on the dead letters of the sink and returns what it wrote.
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

// TestDeadLetters: letters are looked at and stay, some are sent back and reach
// their sink as what they were, the rest is dropped.
func TestDeadLetters(t *testing.T) {
	const n = 20
	v := rig.Broker(t)
	dir := t.TempDir()
	script := filepath.Join(dir, "on-event")
	text := fmt.Sprintf("#!/bin/sh\ncd %q\ntest -e repaired || exit $((3 + KOJIWATCH_EVENT_ID %% 2))\ncat >> events\n", dir)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	config := sinkConfig(t, v.URL(), "exec", fmt.Sprintf("command: [%q]", script))
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages)
	holds(t, v, queue+".dead", n)

	for range 2 { // the first look takes nothing away, and keeps the order
		var listed []string
		for line := range strings.Lines(dead(t, "list", config, "--json")) {
			var l struct{ ID, Reason, Error, Exchange string }
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if l.Error == "" || l.Exchange == "" || l.Reason != "exit-3" && l.Reason != "exit-4" {
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
			t.Fatalf("%d of %d letters listed", len(listed), n)
		}
	}
	if shown := strings.Count(dead(t, "show", config, "--id", "7"), "\n"); shown != 1 {
		t.Errorf("%d letters shown", shown)
	}
	dead(t, "retry", config, "--id", "2") // nothing is repaired: it dies again
	holds(t, v, queue+".dead", n)
	if err := os.WriteFile(filepath.Join(dir, "repaired"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dead(t, "retry", config, "--reason", "exit-4")
	holds(t, v, queue+".dead", n/2)
	read := func() []out { return linesOf(t, filepath.Join(dir, "events")) }
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
