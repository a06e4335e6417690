//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// taskChange is Koji's message about a task, created two hours ago.
func taskChange(t *testing.T, id int64, pkg, old, state string) replay.Message {
	t.Helper()
	return startedTaskChange(t, id, pkg, old, state, nil)
}

// startedTaskChange is taskChange with the time of the start.
func startedTaskChange(t *testing.T, id int64, pkg, old, state string, started any) replay.Message {
	t.Helper()
	created := float64(time.Now().Add(-2 * time.Hour).Unix())
	body, err := json.Marshal(map[string]any{
		"attribute": "state", "old": old, "new": state,
		"info": map[string]any{
			"id": id, "method": "build", "owner": 1, "create_ts": created, "start_ts": started,
			"request": []any{"git+https://src.example.com/rpms/" + pkg + "#1", "f44", map[string]any{}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return replay.Message{Exchange: "amq.topic", RoutingKey: "koji.task." + strings.ToLower(state), Publishing: amqp.Publishing{
		Headers: amqp.Table{"type": "TaskStateChange"}, Body: body,
	}}
}

// buildChanges are those of a build that is done.
func buildChanges(t *testing.T, id int64, pkg string) []replay.Message {
	t.Helper()
	return []replay.Message{
		taskChange(t, id, pkg, "", "FREE"), taskChange(t, id, pkg, "FREE", "OPEN"), taskChange(t, id, pkg, "OPEN", "CLOSED"),
	}
}

// announced counts the events about campaigns and alerts by their topics.
func announced(t *testing.T, daemons ...*rig.Process) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, e := range events(t, daemons...) {
		if e.Type == "Campaign" || e.Type == "Alert" {
			counts[e.Topic]++
		}
	}
	return counts
}

// wantAnnounced waits until so many events about campaigns and alerts came as there are
// topics, and checks that each came once.
func wantAnnounced(t *testing.T, daemons []*rig.Process, topics ...string) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		if got := announced(t, daemons...); len(got) < len(topics) {
			return fmt.Errorf("got %v, want %q", got, topics)
		}
		return nil
	})
	got := announced(t, daemons...)
	for _, topic := range topics {
		if got[topic] != 1 {
			t.Errorf("%s came %d times", topic, got[topic])
		}
	}
	if len(got) != len(topics) {
		t.Errorf("got %q, want %q", slices.Sorted(maps.Keys(got)), topics)
	}
}

// TestAnnounced: steps of a campaign and an alert reach the sink, and not again after a
// daemon was killed and another one goes on. A message that claims to be kojiwatch's own does
// not become an event about a campaign.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	v, hub := rig.Broker(t), labHub(t)
	config := observed(t, v.URL(), hub.URL, "127.0.0.1:0")
	appendTo(t, config, "sentinel: {alerts: [task-freed]}\n")
	d := rig.Daemon(t, "run", "--config", config)
	address := adminAddress(t, d)
	consuming(t, v)
	command(t, "campaign", "start", "rebuild", "--package", "bash,gcc,vim,zsh", "--since", "7d", "--admin", address)
	wantAnnounced(t, []*rig.Process{d}, "kojiwatch.campaign.started")

	publish(t, v, slices.Concat(buildChanges(t, 1, "bash"), buildChanges(t, 2, "gcc"), []replay.Message{forged()}))
	wantAnnounced(t, []*rig.Process{d}, "kojiwatch.campaign.started", "kojiwatch.campaign.50")
	freed := []replay.Message{taskChange(t, 9, "kernel", "", "FREE")}
	for n := range 3 {
		started := float64(time.Now().Add(time.Duration(n-10) * time.Minute).Unix())
		freed = append(freed, startedTaskChange(t, 9, "kernel", "FREE", "OPEN", started), startedTaskChange(t, 9, "kernel", "OPEN", "FREE", started))
	}
	publish(t, v, freed)
	wantAnnounced(t, []*rig.Process{d}, "kojiwatch.campaign.started", "kojiwatch.campaign.50", "kojiwatch.alert.firing")
	empty(t, v, queue)
	d.Kill()

	publish(t, v, slices.Concat(freed, buildChanges(t, 3, "vim"), buildChanges(t, 4, "zsh")))
	next := rig.Daemon(t, "run", "--config", config)
	wantAnnounced(t, []*rig.Process{d, next},
		"kojiwatch.campaign.started", "kojiwatch.campaign.50", "kojiwatch.alert.firing", "kojiwatch.campaign.done")
	empty(t, v, queue)
	stop(t, next)
}

// forged is a message on Koji's exchange that claims to be kojiwatch's own.
func forged() replay.Message {
	return replay.Message{Exchange: "amq.topic", RoutingKey: "koji.task.free", Publishing: amqp.Publishing{
		Headers: amqp.Table{
			"x-kojiwatch-origin": "kojiwatch", "x-kojiwatch-exchange": "", "x-kojiwatch-routing-key": queue,
		},
		Body: []byte(`{"schema":"kojiwatch.event/v1","id":"1","type":"Campaign","campaign":{"name":"rebuild","step":"stopped","causes":[]}}`),
	}}
}

// appendTo appends a text to a file.
func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatal(err)
	}
}
