//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/Azure/go-amqp"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// hub publishes over AMQP 1.0 as Koji's protonmsg plugin does: with a sender for each
// address, application properties, and the JSON as a string in an amqp-value section,
// without id and time and not durable.
type hub struct {
	session *amqp.Session
}

func newHub(t *testing.T, v *rig.VHost) *hub {
	t.Helper()
	u, err := url.Parse(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	conn, err := amqp.Dial(t.Context(), "amqp://"+u.Host, &amqp.ConnOptions{
		HostName: "vhost:" + v.Name(), // RabbitMQ's syntax for the vhost
		SASLType: amqp.SASLTypePlain(u.User.Username(), password),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	session, err := conn.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return &hub{session}
}

// sender attaches a sender to an address. It is closed with the connection, because the
// plugin of RabbitMQ 3 does not answer a detach.
func (h *hub) sender(t *testing.T, address string) (*amqp.Sender, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return h.session.NewSender(ctx, address, nil)
}

// announce publishes that a task was opened, and waits until the broker has accepted it.
func announce(t *testing.T, sender *amqp.Sender, task int64) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"attribute": "state", "old": "FREE", "new": "OPEN",
		"info": map[string]any{
			"id": task, "parent": nil, "method": "newRepo", "state": 1, "arch": "noarch", "owner": 1,
			"owner_name": "kojira", "channel_id": 1, "host_id": 3, "label": nil, "weight": 1.5, "priority": 15,
			"create_ts": 1763800000.25, "start_ts": 1763800001.5, "completion_ts": nil,
			"request": []any{"f44-build"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err = sender.Send(ctx, &amqp.Message{
		ApplicationProperties: map[string]any{
			"type": "TaskStateChange", "id": task, "parent": nil, "method": "newRepo",
			"attribute": "state", "old": "FREE", "new": "OPEN",
		},
		Value: string(body),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// TestHubPublishes checks that messages which a hub publishes over AMQP 1.0 to a real
// broker become events, in order. Every tested RabbitMQ accepts the plugin's addresses;
// the new form is for RabbitMQ 4 and later.
func TestHubPublishes(t *testing.T) {
	const n = 100
	tests := map[string]struct {
		address string
		since   int // the first RabbitMQ that accepts it
	}{
		"v1 topic":    {"/topic/koji.task.open", 3},
		"v1 exchange": {"/exchange/amq.topic/koji.task.open", 3},
		"v2":          {"/exchanges/amq.topic/koji.task.open", 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			v := rig.Broker(t)
			d := rig.Daemon(t, "run", "--config", durable(t, v.URL()))
			consuming(t, v)
			sender, err := newHub(t, v).sender(t, tt.address)
			if version := majorVersion(t, v); version < tt.since {
				if err == nil {
					t.Errorf("RabbitMQ %d takes %s", version, tt.address)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for task := range int64(n) {
				announce(t, sender, task+1)
			}
			rig.Eventually(t, patience, func() error { return atLeastLines(d, n) })
			empty(t, v, queue)
			stop(t, d)
			for i, e := range events(t, d) {
				if e.Type != "TaskStateChange" || e.Topic != "koji.task.open" || e.Task.ID != int64(i+1) {
					t.Fatalf("event %d is %+v", i+1, e)
				}
			}
		})
	}
}

// majorVersion returns the major version of the broker.
func majorVersion(t *testing.T, v *rig.VHost) int {
	t.Helper()
	var overview struct {
		Version string `json:"rabbitmq_version"`
	}
	if err := v.Admin().Call(t.Context(), http.MethodGet, nil, &overview, "overview"); err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(overview.Version, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		t.Fatalf("the broker's version is %q", overview.Version)
	}
	return major
}
