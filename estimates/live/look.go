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

// QueueLook periodically loads the hub's queue into the estimator: the stream of events has
// neither hosts nor tasks from before it began.
type QueueLook struct {
	API       kojirpc.API
	Estimator *estimates.Estimator
	// Seen, if not nil, is called with each snapshot.
	Seen func(*queue.Snapshot)
}

// Run reads the queue at once and then periodically until ctx ends. It calls note with the
// result of each read.
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

// look makes two requests: for the channels, and for everything else.
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

// lookChannels is the maximum number of channels to ask about; Fedora has about 20.
const lookChannels = 200
