package app

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// queueLook tells the estimator from time to time what the hub's queue is like: the
// stream has no hosts in it, and nothing of what was there before.
type queueLook struct {
	api       kojirpc.API
	estimator *estimates.Estimator
	log       zerolog.Logger
}

// run looks at once and then every so often until ctx ends.
func (l *queueLook) run(ctx context.Context, every time.Duration) {
	trouble := &trouble{
		log: l.log, begins: "the hub does not tell its queue: estimates of what waits go by messages alone; it is asked again",
		ends: "the hub tells its queue again", tolerated: 1,
	}
	for {
		err := l.look(ctx)
		if ctx.Err() != nil {
			return
		}
		trouble.note(err)
		sleepFor(ctx, every)
	}
}

// look takes two requests: for the channels, and for all the rest.
func (l *queueLook) look(ctx context.Context) error {
	channels, err := l.api.ListChannels(ctx, koji.Ref{})
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	channels = channels[:min(len(channels), lookChannels)]
	ids := make([]int64, 0, len(channels))
	for _, c := range channels {
		ids = append(ids, c.ID)
	}
	s, err := readQueue(ctx, kojirpc.NewBatch(l.api), ids, time.Now())
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	s.Channels = channels
	l.estimator.LoadQueue(s)
	return nil
}

// lookChannels bounds how many channels are asked about; Fedora has about 20.
const lookChannels = 200
