package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/clock"
)

// ErrUnparseable reports that some recorded deliveries could not be parsed, each of
// which has been reported before.
var ErrUnparseable = errors.New("some deliveries could not be parsed")

// Player takes recorded deliveries through a handler, in their order.
type Player struct {
	Handler *Handler
	Speed   float64 // how many times as fast as recorded; 0: no pauses
	eager   bool    // show each event at once: more may be long in coming
	Stderr  io.Writer
	Counts  EventCounts

	batch []*PendingEvent
	clock pace
}

// maxBatch bounds how many events are handed to the sink at once.
const maxBatch = 256

// patience is how many lines without a delivery a file may begin with.
const patience = 5

// Play reads a recording to its end. What cannot be read or parsed is reported
// with its place and counted; only the sink's errors, ctx and a file that is no
// recording end the play.
func (p *Player) Play(ctx context.Context, name string, r io.Reader) error {
	lines := recording.NewReader(r)
	deliveries, bad := 0, 0
	for {
		d, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return p.flush(ctx)
		}
		if line, ok := errors.AsType[*recording.LineError](err); ok {
			p.report(name, lines.Line(), line.Err)
			if bad++; bad == patience && deliveries == 0 {
				return fmt.Errorf("%s is no recording: its first %d lines hold no delivery; kojiwatch record makes recordings (docs/commands.md)", name, bad)
			}
			continue
		}
		if err != nil {
			return errors.Join(p.flush(ctx), fmt.Errorf("read %s: %w", name, err))
		}
		deliveries++
		if err := p.wait(ctx, d.ReceivedAt); err != nil {
			return err
		}
		if err := p.take(ctx, name, lines.Line(), d); err != nil {
			return err
		}
	}
}

// take parses one delivery and sends its event, now if it is to be seen now.
func (p *Player) take(ctx context.Context, name string, line int, d *consumer.Delivery) error {
	j, err := p.Handler.Parse(d) //nolint:contextcheck // what it asks the hub outlives it
	if err != nil {
		p.report(name, line, err)
		return nil
	}
	p.Counts.add(&j.Event)
	p.batch = append(p.batch, j)
	if p.Speed == 0 && !p.eager && len(p.batch) < maxBatch {
		return nil
	}
	return p.flush(ctx)
}

func (p *Player) flush(ctx context.Context) error {
	if len(p.batch) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := p.Handler.Deliver(ctx, p.batch)
	clear(p.batch)
	p.batch = p.batch[:0]
	return err
}

func (p *Player) report(name string, line int, err error) {
	p.Counts.Bad++
	_, _ = fmt.Fprintf(p.Stderr, "%s:%d: %v\n", name, line, err)
}

// wait pauses until it is time for a delivery that was recorded at the given
// time.
func (p *Player) wait(ctx context.Context, recorded time.Time) error {
	pause := p.clock.until(recorded, p.Speed, time.Now())
	if pause <= 0 {
		return ctx.Err()
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	clock.Sleep(ctx, pause)
	return ctx.Err()
}

// pace turns recorded times into pauses.
type pace struct {
	recorded, started time.Time
}

// maxPause bounds a single pause, so that a recording with a gap of a night in
// it does not stall.
const maxPause = 5 * time.Second

// until returns how long to wait now for what was recorded at the given time.
func (c *pace) until(recorded time.Time, speed float64, now time.Time) time.Duration {
	if speed == 0 || recorded.IsZero() {
		return 0
	}
	if c.recorded.IsZero() {
		c.recorded, c.started = recorded, now
	}
	pause := c.started.Add(time.Duration(float64(recorded.Sub(c.recorded)) / speed)).Sub(now)
	if pause > maxPause {
		c.started = c.started.Add(maxPause - pause)
		return maxPause
	}
	return pause
}

// PlayFile plays the recording in a file; "-" is stdin, whose events are shown at once.
func (p *Player) PlayFile(ctx context.Context, file string, stdin io.Reader) error {
	p.eager = file == "-"
	if p.eager {
		return p.Play(ctx, "stdin", stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	defer func() { _ = f.Close() }()
	return p.Play(ctx, file, f)
}
