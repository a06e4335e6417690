package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// figures has the measurements of one consumer in one round.
type figures struct {
	perSecond float64 // messages
	cpu       float64 // µs per message, user and system
	resident  float64 // maximum, in MB
}

// throughput lets the consumers empty the same queue in turn.
func (b *bench) throughput(ctx context.Context) error {
	fmt.Printf("%d messages of %d bytes on average, prefetch %d, %d rounds after one to warm up\n\n",
		b.messages, b.bodyBytes/len(b.recorded), b.prefetch, b.rounds)
	all := b.inTurn()
	measured := make([][]figures, len(all))
	for round := range b.rounds + 1 {
		fmt.Printf("round %d", round)
		for i, c := range all {
			f, err := b.round(ctx, c.process)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			fmt.Printf("  %s %s", c.name, f)
			if round > 0 {
				measured[i] = append(measured[i], f)
			}
		}
		fmt.Println()
		b.asked(b.messages)
	}
	for i, c := range all[1:] {
		report(all[0].name, measured[0], c.name, measured[i+1])
	}
	return nil
}

// inTurn returns the compared consumers, with the base first.
func (b *bench) inTurn() []contender {
	base, ours := b.contenders()
	if !b.tasks {
		return []contender{base, ours}
	}
	without := func(ctx context.Context, n int) *exec.Cmd { return b.daemonWith(ctx, b.noEstimates, n) }
	return []contender{base, {name: "no estimates", process: without}, ours}
}

func (f figures) String() string {
	return fmt.Sprintf("%6.0f/s %5.2f µs %5.1f MB", f.perSecond, f.cpu, f.resident)
}

// report prints medians, and the ratios of the two in each round.
func report(base string, plain []figures, subject string, ours []figures) {
	perSecond := func(f figures) float64 { return f.perSecond }
	cpu := func(f figures) float64 { return f.cpu }
	resident := func(f figures) float64 { return f.resident }
	fmt.Printf("\n%-28s %10s %10s %8s\n", "median", base, subject, "ratio")
	for _, row := range []struct {
		name string
		of   func(figures) float64
	}{
		{"messages per second", perSecond},
		{"CPU per message, µs", cpu},
		{"resident at most, MB", resident},
	} {
		fmt.Printf("%-28s %10.2f %10.2f %8.2f\n", row.name,
			median(plain, row.of), median(ours, row.of), medianRatio(ours, plain, row.of))
	}
}

func median(all []figures, of func(figures) float64) float64 {
	list := make([]float64, len(all))
	for i, f := range all {
		list[i] = of(f)
	}
	return middle(list)
}

// medianRatio returns the median of the ratios in each round, which does not change if the
// machine slows down halfway.
func medianRatio(a, b []figures, of func(figures) float64) float64 {
	list := make([]float64, len(a))
	for i := range a {
		list[i] = of(a[i]) / of(b[i])
	}
	return middle(list)
}

func middle(list []float64) float64 {
	slices.Sort(list)
	n := len(list)
	if n%2 == 1 {
		return list[n/2]
	}
	return (list[n/2-1] + list[n/2]) / 2
}

// round fills the queue and measures a process that empties it.
func (b *bench) round(ctx context.Context, process func(context.Context, int) *exec.Cmd) (figures, error) {
	if err := b.fill(ctx); err != nil {
		return figures{}, err
	}
	cmd := process(ctx, b.messages)
	out, err := os.Create(b.output)
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = out.Close() }()
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return figures{}, err
	}
	peak := make(chan float64, 1)
	go func() { peak <- peakResident(cmd.Process.Pid) }()
	if err := cmd.Wait(); err != nil {
		return figures{}, err
	}
	took := time.Since(began)
	state, n := cmd.ProcessState, float64(b.messages)
	return figures{
		perSecond: n / took.Seconds(),
		cpu:       float64((state.UserTime() + state.SystemTime()).Microseconds()) / n,
		resident:  <-peak,
	}, nil
}

// peakResident returns the largest resident size of a process, in MB, until it ends. The value
// of wait(2) would include the memory of this program, which the process shares until it
// calls exec.
func peakResident(pid int) float64 {
	peak := 0.0
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found { // it has ended
			return peak
		}
		var kB float64
		if _, err := fmt.Sscan(rest, &kB); err == nil {
			peak = max(peak, kB/1024)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (b *bench) bareProcess(ctx context.Context, count int) *exec.Cmd {
	return exec.CommandContext(ctx, b.self, bareCommand, "-url", b.broker, "-queue", b.queue,
		"-prefetch", strconv.Itoa(b.prefetch), "-count", strconv.Itoa(count))
}

func (b *bench) plainProcess(ctx context.Context, count int) *exec.Cmd {
	cmd := b.bareProcess(ctx, count)
	cmd.Args[1] = plainCommand
	cmd.Args = append(cmd.Args, "-to", b.receiver.url)
	return cmd
}

func (b *bench) daemonProcess(ctx context.Context, count int) *exec.Cmd {
	return b.daemonWith(ctx, b.configFile, count)
}

// fill creates the queue again and publishes the messages to it.
func (b *bench) fill(ctx context.Context) error {
	if err := b.declare(); err != nil {
		return err
	}
	p, err := replay.Dial(b.broker)
	if err != nil {
		return err
	}
	if err := p.Publish(ctx, b.published()...); err != nil {
		return err
	}
	return p.Close()
}

// published returns the messages of one round.
func (b *bench) published() []replay.Message {
	if b.tasks {
		return manyTasks(b.recorded, b.messages)
	}
	messages := make([]replay.Message, b.messages)
	for i := range messages { // as recorded: most have no message id
		messages[i] = b.recorded[i%len(b.recorded)]
	}
	return messages
}

// declare creates an empty durable queue that gets all messages.
func (b *bench) declare() error {
	conn, err := amqp.Dial(b.broker)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err != nil {
		return err
	}
	if _, err := ch.QueueDelete(b.queue, false, false, false); err != nil {
		return err
	}
	if _, err = ch.QueueDeclare(b.queue, true, false, false, false, nil); err != nil {
		return err
	}
	return ch.QueueBind(b.queue, "#", "amq.topic", false, nil)
}
