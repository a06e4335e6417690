package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// contender is one of the two compared programs.
type contender struct {
	name    string
	process func(ctx context.Context, messages int) *exec.Cmd
	// printer prints a line for each message, or sends it to the receiver. idOf returns
	// the message id in such a line.
	printer func(ctx context.Context, messages int) *exec.Cmd
	idOf    func(line []byte) (string, error)
}

// contenders returns a bare consumer and the daemon; with -hub, the daemon without and with a
// hub; with -webhook, a plain sender and the daemon.
func (b *bench) contenders() (base, ours contender) {
	ours = contender{"kojiwatch", b.daemonProcess, b.daemonProcess, eventID}
	switch {
	case b.hub != nil:
		withHub := func(ctx context.Context, n int) *exec.Cmd { return b.daemonWith(ctx, b.hubConfig, n) }
		return contender{"no hub", b.daemonProcess, b.daemonProcess, eventID}, contender{"hub", withHub, withHub, eventID}
	case b.receiver != nil && !b.latency:
		return contender{name: "plain", process: b.plainProcess}, ours
	}
	return contender{"bare", b.bareProcess, b.barePrinter, plainID}, ours
}

// hubRecording is the recording from which the hub's data are derived.
const hubRecording = "messages-protonmsg.jsonl"

// startHub starts a hub with the data of the recorded one, which answers after a delay, and
// configures it.
func (b *bench) startHub() error {
	data, err := hubdata.FromRecording(filepath.Join(b.recordings, hubRecording))
	if err != nil {
		return err
	}
	if b.hub, err = hubtest.Listen("127.0.0.1:0", "127.0.0.1:0", hubtest.Options{Data: data}); err != nil {
		return err
	}
	if b.hubDelay > 0 {
		b.hub.Inject(hubtest.Failure{Effect: hubtest.Delay(b.hubDelay)})
	}
	b.hubConfig = filepath.Join(b.dir, "with-hub.yaml")
	config := b.config() + fmt.Sprintf("hub: {server: %q}\ncache: {dir: %q, disk: %t}\n", b.hub.URL, filepath.Join(b.dir, "names"), !b.cold)
	return os.WriteFile(b.hubConfig, []byte(config), 0o600)
}

// asked returns the number of requests to the hub since the last call.
func (b *bench) asked(messages int) {
	if b.hub == nil {
		return
	}
	fmt.Printf("         %d requests to the hub for %d events\n", b.hub.Stats().Requests, messages)
	b.hub.ResetStats()
}

func (b *bench) daemonWith(ctx context.Context, config string, count int) *exec.Cmd {
	return exec.CommandContext(ctx, b.kojiwatch, "run", "--config", config, "--count", fmt.Sprint(count))
}

func plainID(line []byte) (string, error) { return string(line), nil }

func eventID(line []byte) (string, error) {
	var e struct{ ID string }
	err := json.Unmarshal(line, &e)
	return e.ID, err
}

// hubOptions are the options of the command line about the hub.
type hubOptions struct {
	withHub, cold bool
	hubDelay      time.Duration
}
