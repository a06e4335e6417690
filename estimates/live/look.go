package live

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// QueueLook tells the estimator from time to time what the hub's queue is like: the
// stream has no hosts in it, and nothing of what was there before.
type QueueLook struct {
	API       kojirpc.API
	Estimator *estimates.Estimator
	// Seen, if not nil, is told, too.
	Seen func(*queue.Snapshot)
}

// Run looks at once and then every so often until ctx ends. Note is told how each look
// went.
func (l *QueueLook) Run(ctx context.Context, every time.Duration, note func(error)) {
	for {
		err := l.look(ctx)
		if ctx.Err() != nil {
			return
		}
		note(err)
		clock.Sleep(ctx, every)
	}
}

// look takes two requests: for the channels, and for all the rest.
func (l *QueueLook) look(ctx context.Context) error {
	channels, err := l.API.ListChannels(ctx, koji.Ref{})
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	channels = channels[:min(len(channels), lookChannels)]
	ids := make([]int64, 0, len(channels))
	for _, c := range channels {
		ids = append(ids, c.ID)
	}
	s, err := readQueue(ctx, kojirpc.NewBatch(l.API), ids, time.Now())
	if err != nil {
		return fmt.Errorf("read the queue: %w", err)
	}
	s.Channels = channels
	l.Estimator.LoadQueue(s)
	if l.Seen != nil {
		l.Seen(s)
	}
	return nil
}

// lookChannels bounds how many channels are asked about; Fedora has about 20.
const lookChannels = 200
