//go:build integration

package integration

import (
	"fmt"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// silenced starts a daemon that gets no messages although the hub is busy: the broker
// refuses the addresses of Koji's plugin, as RabbitMQ 4.3 does, or, if it is too old for
// that, the hub publishes to an exchange to which the queue is not bound.
func silenced(t *testing.T) scene {
	t.Helper()
	v := rig.Broker(t)
	address := "/exchange/amq.direct/koji.task.open"
	refuses := majorVersion(t, v) >= 4
	if refuses {
		v = rig.PrivateBroker(t, rabbit.WithConfig("deprecated_features.permit.amqp_address_v1 = false")).VHost
		address = "/topic/koji.task.open"
	}
	hub := hubtest.Start(t, hubtest.Options{})
	d := rig.Daemon(t, "run", "--config", troubled(t, v.URL(), "type: log", fmt.Sprintf(
		"hub: {server: %q}\ncache: {disk: false}\nreconcile: {every: 1h, silence: 3s, delay: 1s}", hub.URL)))
	d.WaitStderr(t, patience, `"message":"consuming"`)
	sender, err := newHub(t, v).sender(t, address)
	switch {
	case refuses && err == nil:
		t.Error("the broker accepts the addresses of Koji's plugin")
	case !refuses && err != nil:
		t.Fatal(err)
	case !refuses:
		announce(t, sender, 1)
	}
	err = hub.Update(func(d *hubtest.Data) {
		d.Tasks = append(d.Tasks, hubtest.Task{Method: "newRepo", Created: time.Now().UTC()})
	})
	if err != nil {
		t.Fatal(err)
	}
	return scene{d, func() { publish(t, v, recorded(t, 1)) }, "messages come again"}
}
