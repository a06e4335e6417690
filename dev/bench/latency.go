package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// rate is the number of messages per second in latency measurements.
const rate = 500

// latencies measures the time from publishing a message to the line that a consumer prints
// for it, or to the receiver, for both consumers in turn.
func (b *bench) latencies(ctx context.Context) error {
	fmt.Printf("%d messages a second for %d s, %d rounds after one to warm up\n\n", rate, b.seconds, b.rounds)
	base, subject := b.contenders()
	var over []time.Duration
	for round := range b.rounds + 1 {
		plain, err := b.latencyOf(ctx, base.printer, base.idOf)
		if err != nil {
			return fmt.Errorf("%s: %w", base.name, err)
		}
		ours, err := b.latencyOf(ctx, subject.printer, subject.idOf)
		if err != nil {
			return fmt.Errorf("%s: %w", subject.name, err)
		}
		fmt.Printf("round %d  %s p50 %v p99 %v   %s p50 %v p99 %v\n", round,
			base.name, quantile(plain, 0.5), quantile(plain, 0.99), subject.name, quantile(ours, 0.5), quantile(ours, 0.99))
		b.asked(rate * (b.warmUp + b.seconds))
		if round > 0 {
			over = append(over, quantile(ours, 0.99)-quantile(plain, 0.99))
		}
	}
	slices.Sort(over)
	fmt.Printf("\np99 over %s, median of the rounds: %v\n", base.name, over[len(over)/2])
	return nil
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[int(float64(len(sorted)-1)*q)].Round(10 * time.Microsecond)
}

func (b *bench) barePrinter(ctx context.Context, count int) *exec.Cmd {
	cmd := b.bareProcess(ctx, count)
	cmd.Args = append(cmd.Args, "-print")
	return cmd
}

// latencyOf runs one consumer while messages are published at the rate, and
// returns the times from publishing to printing or receiving, sorted.
func (b *bench) latencyOf(ctx context.Context, process func(context.Context, int) *exec.Cmd, idOf func([]byte) (string, error)) ([]time.Duration, error) {
	if err := b.declare(); err != nil {
		return nil, err
	}
	count := rate * (b.warmUp + b.seconds)
	cmd := process(ctx, count)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	arrived := make(chan []arrival, 1)
	go func() { arrived <- readArrivals(out) }()
	time.Sleep(time.Second) // until the consumer is up
	sent, err := b.publishSteadily(ctx, count)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	lines := <-arrived
	if werr := cmd.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return nil, err
	}
	return match(sent, append(lines, b.receiver.take()...), idOf)
}

// arrival is a printed line and its time.
type arrival struct {
	line []byte
	at   time.Time
}

func readArrivals(r io.Reader) []arrival {
	var all []arrival
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return all
		}
		all = append(all, arrival{line[:len(line)-1], time.Now()})
	}
}

// publishSteadily publishes the messages one by one at the rate and returns the time at which
// each was sent, by its id; the zero time for messages that only warm up.
func (b *bench) publishSteadily(ctx context.Context, count int) (map[string]time.Time, error) {
	p, err := replay.Dial(b.broker)
	if err != nil {
		return nil, err
	}
	sent := make(map[string]time.Time, count)
	tick := time.NewTicker(time.Second / rate)
	defer tick.Stop()
	for i, m := range replay.Repeat(b.recorded, count) {
		m.Publishing.MessageId = "bench-" + strconv.Itoa(i)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
		sent[m.Publishing.MessageId] = time.Time{}
		if i >= rate*b.warmUp {
			sent[m.Publishing.MessageId] = time.Now()
		}
		if err := p.Publish(ctx, m); err != nil {
			return nil, err
		}
	}
	return sent, p.Close()
}

func match(sent map[string]time.Time, lines []arrival, idOf func([]byte) (string, error)) ([]time.Duration, error) {
	took := make([]time.Duration, 0, len(lines))
	for _, l := range lines {
		id, err := idOf(l.line)
		if err != nil {
			return nil, err
		}
		at, ok := sent[id]
		if !ok {
			return nil, fmt.Errorf("an event of an unknown message: %q", id)
		}
		if !at.IsZero() {
			took = append(took, l.at.Sub(at))
		}
	}
	if len(lines) != len(sent) {
		return nil, fmt.Errorf("%d lines for %d messages", len(lines), len(sent))
	}
	slices.Sort(took)
	return took, nil
}
