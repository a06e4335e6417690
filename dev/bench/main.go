// Command bench measures kojiwatch from broker to sink, compared with a bare consumer that
// only acknowledges: alternately, with the same messages from the same broker in the same
// run, so that other load on the machine affects both.
//
//	go run ./dev/bench            throughput, CPU per message, memory
//	go run ./dev/bench -tasks     the same for many different tasks, with and without estimates
//	go run ./dev/bench -latency   latency at 500 messages a second
//	go run ./dev/bench -webhook   a webhook sink, compared with a program that just posts messages
//	go run ./dev/bench -hub       the daemon with a hub, compared with the daemon without
//	go run ./dev/bench -board     the live board: from event to viewer, and its cost for a sink beside it
//	go run ./dev/bench -board -browser
//	                              the same, and from event to painted row in Chromium
//	go run ./dev/bench -wait 50   the command wait: from message to exit, and requests to the hub
//	go run ./dev/bench -profile cmd/kojiwatch/default.pgo
//	                              a CPU profile of the daemon
//
// It starts a private RabbitMQ, or uses the broker in KOJIWATCH_TEST_AMQP_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// options are the command line.
type options struct {
	messages, rounds int
	prefetch         int
	minBody, maxBody int
	latency          bool
	seconds, warmUp  int
	recordings       string
	profile          string
	waiting          int
	webhook          bool
	tasks            bool
	hubOptions
	boardOptions
}

func main() {
	if len(os.Args) > 1 {
		others := map[string]func(args []string) error{bareCommand: bare, plainCommand: plain, viewersCommand: viewers}
		if other := others[os.Args[1]]; other != nil {
			exitOn(other(os.Args[2:]))
			return
		}
	}
	var o options
	flag.IntVar(&o.messages, "messages", 100_000, "messages in each round")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds, after one to warm up")
	flag.IntVar(&o.prefetch, "prefetch", 500, "prefetch of both consumers")
	flag.IntVar(&o.minBody, "min", 512, "smallest body in bytes")
	flag.IntVar(&o.maxBody, "max", 6<<10, "largest body in bytes")
	flag.BoolVar(&o.latency, "latency", false, "measure latency at 500 messages a second instead")
	flag.IntVar(&o.seconds, "seconds", 20, "how long a latency round takes")
	flag.IntVar(&o.warmUp, "warm-up", 0, "how many seconds of a latency round do not count")
	flag.StringVar(&o.recordings, "recordings", "parse/testdata/recordings", "folder with recordings")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the daemon to this file instead")
	flag.BoolVar(&o.webhook, "webhook", false, "send to a web server, with 64 requests in flight, instead of standard output")
	flag.BoolVar(&o.tasks, "tasks", false, "send messages about many different tasks, none of which ends")
	flag.BoolVar(&o.withHub, "hub", false, "compare the daemon with a hub with the daemon without")
	flag.DurationVar(&o.hubDelay, "hub-delay", 20*time.Millisecond, "how long the hub takes to answer")
	flag.BoolVar(&o.cold, "cold", false, "with -hub: keep no names between rounds")
	flag.IntVar(&o.waiting, "wait", 0, "measure so many commands that wait")
	flag.BoolVar(&o.board, "board", false, "measure the live board")
	flag.IntVar(&o.live, "live", 5000, "with -board: how many tasks are on it")
	flag.IntVar(&o.viewers, "viewers", 200, "with -board: how many look at it")
	flag.BoolVar(&o.browser, "browser", false, "with -board: have Chromium show it, too")
	flag.IntVar(&o.boardPerSecond, "board-rate", 50, "with -board: messages a second meanwhile")
	flag.Parse()
	if o.rounds < 1 || o.messages < 1 {
		exitOn(errors.New("-rounds and -messages must be at least 1"))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exitOn(run(ctx, o))
}

func exitOn(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "kojiwatch-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b := &bench{options: o, dir: dir, broker: os.Getenv("KOJIWATCH_TEST_AMQP_URL")}
	if b.broker == "" {
		server, err := rabbit.Launch(ctx, dir)
		if err != nil {
			return err
		}
		defer server.Close()
		b.broker = server.URL()
	}
	if o.webhook {
		var err error
		if b.receiver, err = startReceiver(ctx, o.latency); err != nil {
			return err
		}
		defer b.receiver.close()
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	if o.withHub {
		if err := b.startHub(); err != nil { //nolint:contextcheck // hubs listen without one
			return err
		}
		defer b.hub.Close()
	}
	switch {
	case o.profile != "":
		return b.profileTo(ctx, o.profile)
	case o.waiting > 0:
		return b.waits(ctx)
	case o.board:
		return b.boards(ctx)
	case o.latency:
		return b.latencies(ctx)
	}
	return b.throughput(ctx)
}

// bench is a run of the benchmark.
type bench struct {
	options
	dir, broker   string
	kojiwatch     string // the daemon's binary
	self          string // this program, for the bare consumer
	configFile    string
	receiver      *receiver       // nil: none
	hub           *hubtest.Server // nil: none
	hubConfig     string
	noEstimates   string // a configuration without them
	recorded      []replay.Message
	bodyBytes     int
	queue, output string
}

// prepare builds the daemon and reads the recordings.
func (b *bench) prepare(ctx context.Context) error {
	b.kojiwatch = filepath.Join(b.dir, "kojiwatch")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.kojiwatch, "./cmd/kojiwatch")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build kojiwatch: %w", err)
	}
	var err error
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	b.queue = fmt.Sprintf("kojiwatch-bench-%d", os.Getpid())
	b.output = filepath.Join(b.dir, "events.jsonl")
	if err := b.load(); err != nil {
		return err
	}
	b.configFile = filepath.Join(b.dir, "kojiwatch.yaml")
	b.noEstimates = filepath.Join(b.dir, "no-estimates.yaml")
	if err := os.WriteFile(b.noEstimates, []byte(b.config()+"estimates: {enabled: false}\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(b.configFile, []byte(b.config()), 0o600)
}

// load reads the recordings and keeps the messages of the requested size.
func (b *bench) load() error {
	pattern := "*.jsonl"
	switch {
	case b.withHub:
		pattern = hubRecording
	case b.tasks:
		pattern = taskRecording
	}
	files, err := filepath.Glob(filepath.Join(b.recordings, pattern))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no recordings in %s (%w)", b.recordings, err)
	}
	for _, file := range files {
		messages, err := replay.Load(file)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if n := len(m.Publishing.Body); n >= b.minBody && n <= b.maxBody {
				b.recorded = append(b.recorded, m)
				b.bodyBytes += n
			}
		}
	}
	return nil
}

// inFlight is the number of concurrent requests.
const inFlight = 64

func (b *bench) config() string {
	sink := "type: stdout, format: json"
	if b.receiver != nil {
		sink = fmt.Sprintf("type: webhook, url: %q, in_flight: %d", b.receiver.url, inFlight)
	}
	return fmt.Sprintf(`broker: {url: %q}
state_dir: %s
log: {level: error}
sinks:
  - {name: bench, %s, prefetch: %d, queue: {name: %s, declare: passive}}
`, b.broker, b.dir, sink, b.prefetch, b.queue)
}
