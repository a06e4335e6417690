//go:build integration

package integration

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// TestWatchOnBus checks that with a broker, watch learns from a message at once that a task
// has ended, and sends only one request.
func TestWatchOnBus(t *testing.T) {
	data := hubtest.Recorded()
	setState := func(d *hubtest.Data, state string) {
		for i := range d.Tasks {
			if d.Tasks[i].ID == 17 {
				d.Tasks[i].State = state
			}
		}
	}
	setState(&data, "OPEN")
	hub := hubtest.Start(t, hubtest.Options{Data: data})
	v := rig.Broker(t)
	d := rig.Daemon(t, "watch", "17", "--hub", hub.URL, "--broker", v.URL(), "--topics", "#")
	rig.Eventually(t, patience, func() error { return consumers(t, v, 1) })
	time.Sleep(8 * time.Second) // for the request that the new connection causes
	before := hub.Stats().Requests
	if err := hub.Update(func(d *hubtest.Data) { setState(d, "CLOSED") }); err != nil {
		t.Fatal(err)
	}
	publish(t, v, recorded(t, 477))
	published := time.Now()
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d: %s", code, d.Stderr())
	}
	if took := time.Since(published); took > 6*time.Second+v.Lag() {
		t.Errorf("it took %v", took)
	}
	if n := hub.Stats().Requests - before; n != 1 {
		t.Errorf("%d requests", n)
	}
}
