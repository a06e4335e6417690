package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// boardTasks makes messages about tasks that run, with names as different as those of
// packages.
type boardTasks struct {
	load   []replay.Message
	random *rand.Rand
	id     int64
}

// newBoardTasks returns so many tasks, in builds of five.
func newBoardTasks(n int) *boardTasks {
	t := &boardTasks{random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same each time
	for len(t.load)+5 <= n {
		pkg := t.word() + "-" + t.word()
		root := t.id + 1
		t.load = append(t.load, t.message(t.anHour(), 0, "build", "noarch", fmt.Sprintf("git+https://src.example.com/rpms/%s#%x", pkg, t.random.Uint64()), fmt.Sprintf("f%d-%s", 42+t.random.IntN(4), t.word())))
		for _, arch := range []string{"x86_64", "aarch64", "ppc64le", "s390x"} {
			t.load = append(t.load, t.message(t.anHour(), root, "buildArch", arch, fmt.Sprintf("tasks/%d/%d/%s-%d.%d-1.fc44.src.rpm", root%10_000, root, pkg, t.random.IntN(30), t.random.IntN(99)), root, arch, true, map[string]any{"repo_id": 1}))
		}
	}
	return t
}

func (t *boardTasks) word() string {
	letters := make([]byte, 3+t.random.IntN(9))
	for i := range letters {
		letters[i] = byte('a' + t.random.IntN(26)) //nolint:gosec // it is a letter
	}
	return string(letters)
}

// next returns a task that has just begun.
func (t *boardTasks) next() (id int64, m replay.Message) {
	m = t.message(0, 0, "newRepo", "noarch", fmt.Sprintf("f%d-%s", 42+t.random.IntN(4), t.word()))
	return t.id, m
}

// anHour is a time ago of up to an hour.
func (t *boardTasks) anHour() time.Duration { return time.Duration(t.random.Int64N(int64(time.Hour))) }

// message tells that the next task was opened so long ago, as the hub's plugin does.
func (t *boardTasks) message(ago time.Duration, parent int64, method, arch string, request ...any) replay.Message {
	t.id++
	now := float64(time.Now().Add(-ago).UnixMilli()) / 1000
	info := map[string]any{
		"id": t.id, "parent": nil, "method": method, "state": 1, "label": arch, "arch": arch, "owner": t.random.IntN(100), "channel_id": 1,
		"priority": 20, "weight": 1.5, "create_ts": now - 10, "start_ts": now, "completion_ts": nil, "host_id": t.random.IntN(200), "request": request,
	}
	headers := amqp.Table{"type": "TaskStateChange", "attribute": "state", "id": t.id, "method": method, "old": "FREE", "new": "OPEN", "parent": nil}
	if parent != 0 {
		info["parent"], headers["parent"] = parent, parent
	}
	body, _ := json.Marshal(map[string]any{"attribute": "state", "old": "FREE", "new": "OPEN", "info": info}) // texts and numbers
	length := uint32(len(body))                                                                               //nolint:gosec // a few hundred bytes
	body = append(binary.BigEndian.AppendUint32([]byte("\x00\x53\x77\xb1"), length), body...)
	return replay.Message{
		Exchange: "amq.topic", RoutingKey: "koji.task.open",
		Publishing: amqp.Publishing{Type: "amqp-1.0", MessageId: fmt.Sprintf("bench-%d", t.id), Headers: headers, Body: body},
	}
}
