//go:build integration

package integration

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestTail checks that tail prints the events that its flags select, from the broker and the
// topics of a configuration, and does not touch the configured queue.
func TestTail(t *testing.T) {
	const n = 477
	v := rig.Broker(t)
	file := durable(t, v.URL())
	d := rig.Daemon(t, "run", "--config", file)
	consuming(t, v)
	tail := rig.Daemon(t, "tail", "--config", file, "--type", "BuildStateChange", "--state", "COMPLETE,FAILED", "--format", "json", "--count", "5")
	rig.Eventually(t, patience, func() error { return consumers(t, v, 2) })
	publish(t, v, recorded(t, n))
	if code := tail.WaitExit(t, patience); code != 0 {
		t.Fatalf("exit code %d: %s", code, tail.Stderr())
	}
	all := events(t, tail)
	if len(all) != 5 {
		t.Errorf("%d events", len(all))
	}
	for _, e := range all {
		if e.Type != "BuildStateChange" {
			t.Errorf("%s", e.Type)
		}
	}
	arrived(t, n, d)
	stop(t, d)
}
