//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// hashed is a broker with the exchanges and queues of docs/howto/several-processes.md.
type hashed struct {
	*rig.Private
	t *testing.T
	// prefers reports that the broker prefers consumers with a higher priority: RabbitMQ 4.
	prefers bool
}

// hashQueues is how many queues there are, and processes.
const hashQueues = 3

func newHashed(t *testing.T) *hashed {
	t.Helper()
	b := rig.PrivateBroker(t, rabbit.WithPlugins("rabbitmq_consistent_hash_exchange"))
	h := &hashed{b, t, majorVersion(t, b.VHost) >= 4}
	text, err := os.ReadFile("../docs/howto/several-processes.json")
	if err != nil {
		t.Fatal(err)
	}
	if !h.prefers { // RabbitMQ 3 has no limit of deliveries, and refuses the argument
		text = []byte(strings.ReplaceAll(string(text), `, "x-delivery-limit": -1`, ""))
	}
	if err := b.Admin().Call(t.Context(), http.MethodPost, json.RawMessage(text), nil, "definitions", b.Name()); err != nil {
		t.Fatal(err)
	}
	return h
}

// process is a daemon that consumes all queues, and one of them with a higher priority.
type process struct {
	*rig.Process
	name, dir string
}

// start starts a process. The queue that it prefers has its number.
func (h *hashed) start(name string, number int) *process {
	h.t.Helper()
	p := &process{name: name, dir: h.t.TempDir()}
	text := fmt.Sprintf("broker: {url: %q, connection_name: %s}\nstate_dir: %q\nsinks:\n", h.URL(), name, p.dir)
	for i := range hashQueues {
		priority := 0
		if i == number {
			priority = 1
		}
		text += fmt.Sprintf("  - {name: ci-%d, type: file, path: %q, queue: {type: quorum, declare: none, consumer_priority: %d}}\n",
			i+1, p.file(i), priority)
	}
	config := filepath.Join(p.dir, "kojiwatch.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	p.Process = rig.Daemon(h.t, "run", "--config", config)
	return p
}

// file returns the file with the events of a queue that the process got.
func (p *process) file(queue int) string {
	return filepath.Join(p.dir, fmt.Sprintf("queue-%d.jsonl", queue))
}

// active waits until each queue has consumers, and one of them works: the preferred one where
// the broker knows preferences. It gets the processes by the queues that they prefer.
func (h *hashed) active(consumers int, preferred map[int]*process) {
	h.t.Helper()
	rig.Eventually(h.t, patience, func() error {
		count, working, err := h.consumers()
		if err != nil {
			return err
		}
		for i := range hashQueues {
			queue := fmt.Sprintf("kojiwatch-ci-%d", i+1)
			tags := working[queue]
			if count[queue] != consumers || len(tags) != 1 {
				return fmt.Errorf("%s has %d consumers, of which %q work, want 1 of %d", queue, count[queue], tags, consumers)
			}
			if p := preferred[i]; h.prefers && p != nil && !strings.HasPrefix(tags[0], p.name+" ") {
				return fmt.Errorf("%q works on %s, want %s", tags[0], queue, p.name)
			}
		}
		return nil
	})
}

// consumers returns how many consumers each queue has, and the tags of those that work. The
// queues themselves are asked: the management plugin of RabbitMQ 4 shows a consumer as active
// that was so before.
func (h *hashed) consumers() (count map[string]int, working map[string][]string, err error) {
	text, err := h.Ctl(h.t.Context(), "--formatter", "json", "list_consumers", "--vhost", h.Name(), "queue_name", "consumer_tag", "active")
	if err != nil {
		return nil, nil, err
	}
	var all []struct {
		Queue  string `json:"queue_name"`
		Tag    string `json:"consumer_tag"`
		Active bool   `json:"active"`
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, nil, fmt.Errorf("rabbitmqctl list_consumers: %w", err)
	}
	count, working = map[string]int{}, map[string][]string{}
	for _, c := range all {
		if count[c.Queue]++; c.Active {
			working[c.Queue] = append(working[c.Queue], c.Tag)
		}
	}
	return count, working, nil
}

// TestSeveralProcesses: three processes share the messages by consistent hashing. One is
// killed and comes again: nothing is lost, and the order per task and build holds.
func TestSeveralProcesses(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 9000
	h := newHashed(t)
	one, two, three := h.start("one", 0), h.start("two", 1), h.start("three", 2)
	h.active(3, map[int]*process{0: one, 1: two, 2: three})
	messages := hashable(t, n)
	publish(t, h.VHost, messages[:n/3])
	rig.Eventually(t, patience, func() error { return atLeast(h.events(one, two, three), n/6) })
	one.Kill()
	h.active(2, map[int]*process{1: two, 2: three})
	publish(t, h.VHost, messages[n/3:n*2/3])
	again := h.start("again", 0)
	publish(t, h.VHost, messages[n*2/3:n-30])
	h.active(3, map[int]*process{0: again, 1: two, 2: three})
	publish(t, h.VHost, messages[n-30:])
	all := []*process{one, two, three, again} // for each queue, in the order in which they can work
	allIn(t, n, func() []out { return h.events(all...) })
	for i := range hashQueues {
		empty(t, h.VHost, fmt.Sprintf("kojiwatch-ci-%d", i+1))
	}
	h.apart(all)
	for _, p := range all {
		if got := len(h.events(p)); h.prefers && got == 0 {
			t.Errorf("process %s got no message", p.name)
		}
	}
}

// hashable returns n messages of a RabbitMQ that shows the exchange their headers.
func hashable(t *testing.T, n int) []replay.Message {
	t.Helper()
	all, err := replay.Load("../parse/testdata/recordings/messages-protonmsg-rabbitmq4.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return replay.Repeat(all, n)
}

// events returns the events that processes have got.
func (h *hashed) events(processes ...*process) (all []out) {
	h.t.Helper()
	for i := range hashQueues {
		for _, p := range processes {
			all = append(all, linesOf(h.t, p.file(i))...)
		}
	}
	return all
}

// apart checks that all events about a task or build came through one queue, in order.
func (h *hashed) apart(processes []*process) {
	h.t.Helper()
	queues := map[string]int{}
	for i := range hashQueues {
		var all []out
		for _, p := range processes {
			all = append(all, linesOf(h.t, p.file(i))...)
		}
		if len(all) == 0 {
			h.t.Errorf("queue %d got no message", i+1)
		}
		ordered(h.t, all)
		for _, e := range all {
			about := e.about()
			if other, known := queues[about]; known && other != i && about != "" {
				h.t.Fatalf("messages about %s came through queues %d and %d", about, other+1, i+1)
			}
			queues[about] = i
		}
	}
}

// TestHubPublishesHashed: the exchange sees the headers of messages which a hub publishes over
// AMQP 1.0, from RabbitMQ 4 on. Before, all of them get into one queue.
func TestHubPublishesHashed(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 60
	h := newHashed(t)
	sender, err := newHub(t, h.VHost).sender(t, "/topic/koji.task.open")
	if err != nil {
		t.Fatal(err)
	}
	for task := range int64(n) {
		announce(t, sender, task+1)
	}
	rig.Eventually(t, patience, func() error {
		sum, used := 0, 0
		for i := range hashQueues {
			stats, err := h.QueueStats(t.Context(), fmt.Sprintf("kojiwatch-ci-%d", i+1))
			if err != nil {
				return err
			}
			if sum += stats.Ready; stats.Ready > 0 {
				used++
			}
		}
		if sum != n || used != hashQueues && h.prefers || used != 1 && !h.prefers {
			return fmt.Errorf("%d messages in %d queues, want %d", sum, used, n)
		}
		return nil
	})
}
