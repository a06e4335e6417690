//go:build integration

package integration

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// TestWaitOnBus checks that with a broker, wait learns from a message at once that a task
// has ended, and sends only two requests to the hub: for the task, and for how it ended.
func TestWaitOnBus(t *testing.T) {
	const task = 17
	data := hubtest.Recorded()
	setState := func(d *hubtest.Data, state string) {
		for i := range d.Tasks {
			if d.Tasks[i].ID == task {
				d.Tasks[i].State = state
			}
		}
	}
	setState(&data, "OPEN")
	hub := hubtest.Start(t, hubtest.Options{Data: data})
	v := rig.Broker(t)
	d := rig.Daemon(t, "wait", "17", "--hub", hub.URL, "--broker", v.URL(), "--topics", "#")
	rig.Eventually(t, patience, func() error { return consumers(t, v, 1) })
	time.Sleep(time.Second) // it must not end before the message comes
	if n := hub.Stats().Requests; n != 1 {
		t.Errorf("%d requests before the message", n)
	}
	if err := hub.Update(func(d *hubtest.Data) { setState(d, "CLOSED") }); err != nil {
		t.Fatal(err)
	}
	publish(t, v, recorded(t, 477))
	published := time.Now()
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d: %s", code, d.Stderr())
	}
	if took := time.Since(published); took > 2*time.Second+v.Lag() {
		t.Errorf("it took %v", took)
	}
	if n := hub.Stats().Requests; n != 2 {
		t.Errorf("%d requests", n)
	}
}
