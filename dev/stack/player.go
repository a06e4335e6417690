package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/internal/clock"
)

// maxPause limits pauses, because a recording may include a night.
const maxPause = 5 * time.Second

// player replays a recording.
type player struct {
	file, broker, hub string
	speed             float64
}

func playerCommand() *cobra.Command {
	var p player
	cmd := &cobra.Command{
		Use:   "player",
		Short: "Make what was recorded happen, over and over",
		Long: `player publishes recorded messages as the hub's plugin published them, so many times
as fast, and tells the hub in a box of each before. A broker or a hub that is away is
waited for.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.loop(cmd.Context()) },
	}
	f := cmd.Flags()
	recordingFlag(cmd, &p.file)
	f.StringVar(&p.broker, "broker", "amqp://guest:guest@rabbitmq/", "the `URL` of the broker")
	f.StringVar(&p.hub, "hub", "http://hub:8080/happened", "the `URL` at which the hub is updated; empty for none")
	f.Float64Var(&p.speed, "speed", 10, "how many `times` faster than recorded")
	return cmd
}

// loop plays the recording until ctx ends, from the start after a failure.
func (p *player) loop(ctx context.Context) error {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		err := p.play(ctx, text)
		if ctx.Err() == nil && err != nil {
			fmt.Fprintln(os.Stderr, "stack:", err)
			clock.Sleep(ctx, maxPause)
		}
	}
	return nil
}

// play plays it once.
func (p *player) play(ctx context.Context, text []byte) (err error) {
	publisher, err := replay.Dial(p.broker)
	if err != nil {
		return err
	}
	publisher.Unrouted = true // there may be no queue yet
	defer func() { err = errors.Join(err, publisher.Close()) }()
	var before time.Time
	n := 0
	for line := range bytes.Lines(text) {
		d, err := recording.NewReader(bytes.NewReader(line)).Next()
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if !before.IsZero() {
			clock.Sleep(ctx, min(maxPause, time.Duration(float64(d.ReceivedAt.Sub(before))/p.speed)))
		}
		before = d.ReceivedAt
		if p.hub != "" {
			if err := send(ctx, http.MethodPost, p.hub, bytes.NewReader(line)); err != nil {
				return fmt.Errorf("update the hub: %w", err)
			}
		}
		m := replay.Message{Exchange: d.Exchange, RoutingKey: d.RoutingKey, Publishing: d.Publishing()}
		if err := publisher.Publish(ctx, m); err != nil {
			return err
		}
		n++
	}
	fmt.Printf("%d messages published\n", n)
	return nil
}
