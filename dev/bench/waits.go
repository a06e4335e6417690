package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// waits measures the time from publishing that a task is closed until the command `kojiwatch
// wait` that waited for it has ended, and the requests that it sent to the hub. All commands
// wait at once, each for a task of its own.
func (b *bench) waits(ctx context.Context) error {
	fmt.Printf("%d commands that wait, a hub that answers after %v, %d rounds after one to warm up\n\n", b.waiting, b.hubDelay, b.rounds)
	p, err := replay.Dial(b.broker)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	for round := range b.rounds + 1 {
		took, requests, err := b.waitRound(ctx, p)
		if err != nil {
			return err
		}
		fmt.Printf("round %d  message to exit p50 %v p95 %v at most %v; %.2f requests to the hub for each command\n", round,
			quantile(took, 0.5), quantile(took, 0.95), quantile(took, 1), float64(requests)/float64(b.waiting))
	}
	return nil
}

// waitRound returns how long each command took, sorted, and how many requests they sent.
func (b *bench) waitRound(ctx context.Context, p *replay.Publisher) (took []time.Duration, requests int, err error) {
	hub, err := hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: hubtest.Data{ //nolint:contextcheck // hubs listen without one
		Users: []hubtest.User{{ID: 1, Name: "bench"}},
		Tasks: openTasks(b.waiting),
	}})
	if err != nil {
		return nil, 0, err
	}
	defer hub.Close()
	hub.Inject(hubtest.Failure{Effect: hubtest.Delay(b.hubDelay)})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the commands if something fails
	ended := make([]chan ending, b.waiting)
	for i := range ended {
		if ended[i], err = b.startWait(ctx, hub.URL, i+1); err != nil {
			return nil, 0, err
		}
	}
	if err := asked(ctx, hub, b.waiting); err != nil {
		return nil, 0, err
	}
	time.Sleep(settled)
	for i := range ended {
		err := hub.Update(func(d *hubtest.Data) { d.Tasks[i].State, d.Tasks[i].Completed = "CLOSED", time.Now() })
		if err != nil {
			return nil, 0, err
		}
		published := time.Now()
		if err := p.Publish(ctx, closedMessage(i+1)); err != nil {
			return nil, 0, err
		}
		e := <-ended[i]
		if e.err != nil {
			return nil, 0, fmt.Errorf("wait for task %d: %w", i+1, e.err)
		}
		took = append(took, e.at.Sub(published))
	}
	slices.Sort(took)
	return took, hub.Stats().Requests, nil
}

// ending is the end of a command.
type ending struct {
	at  time.Time
	err error
}

func (b *bench) startWait(ctx context.Context, hub string, task int) (chan ending, error) {
	cmd := exec.CommandContext(ctx, b.kojiwatch, "wait", fmt.Sprint(task), "--hub", hub, "--broker", b.broker, "--topics", "#")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan ending, 1)
	go func() {
		err := cmd.Wait()
		ended <- ending{time.Now(), err}
	}()
	return ended, nil
}

// asked waits until the hub has answered so many requests: every command listens to the
// broker before it asks the hub.
func asked(ctx context.Context, hub *hubtest.Server, n int) error {
	deadline := time.After(2 * time.Minute)
	for hub.Stats().Requests < n {
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("the hub has answered %d of %d commands", hub.Stats().Requests, n)
		}
	}
	return nil
}

func openTasks(n int) []hubtest.Task {
	tasks := make([]hubtest.Task, n)
	for i := range tasks {
		begun := time.Now().Add(-time.Hour)
		tasks[i] = hubtest.Task{ID: int64(i + 1), Method: "newRepo", State: "OPEN", Arch: "noarch", Created: begun, Started: begun}
	}
	return tasks
}

// closedMessage tells that a task was closed, as the hub's plugin does.
func closedMessage(task int) replay.Message {
	now := float64(time.Now().UnixMilli()) / 1000
	info := map[string]any{
		"id": task, "parent": nil, "method": "newRepo", "state": 2, "label": nil, "arch": "noarch", "owner": 1, "channel_id": 1,
		"priority": 20, "weight": 1, "create_ts": now - 3600, "start_ts": now - 3600, "completion_ts": now, "host_id": 1, "request": []any{"f44-build"},
	}
	body, _ := json.Marshal(map[string]any{"attribute": "state", "old": "OPEN", "new": "CLOSED", "info": info}) // texts and numbers
	body = append(binary.BigEndian.AppendUint32([]byte("\x00\x53\x77\xb1"), uint32(len(body))), body...)        //nolint:gosec // a few hundred bytes
	headers := amqp.Table{"type": "TaskStateChange", "attribute": "state", "id": int64(task), "method": "newRepo", "old": "OPEN", "new": "CLOSED", "parent": nil}
	return replay.Message{
		Exchange: "amq.topic", RoutingKey: "koji.task.closed",
		Publishing: amqp.Publishing{Type: "amqp-1.0", MessageId: fmt.Sprintf("bench-wait-%d", task), Headers: headers, Body: body},
	}
}
