package live

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Limits on the requests about the queue.
const (
	queueFresh    = 2 * time.Minute // after which it is asked again
	queueChannels = 8
)

// readQueue reads the hosts of the channels in which something waits, what runs and
// what waits, in one request.
func (e *Reader) readQueue(ctx context.Context, a *Answer) error {
	if e.model != nil && a.Now.Sub(e.modelAt) < queueFresh {
		return nil
	}
	var ids []int64
	channelsOf(a.Node, &ids)
	batch := kojirpc.NewBatch(e.api)
	channels := make([]*kojirpc.Result[koji.Channel], len(ids))
	for i, id := range ids {
		channels[i] = batch.GetChannel(kojirpc.ID(id))
	}
	s, err := readQueue(ctx, batch, ids, a.Now)
	if err != nil {
		return err
	}
	for _, r := range channels {
		c, err := r.Get()
		if err != nil {
			return err
		}
		s.Channels = append(s.Channels, c)
	}
	e.model, e.modelAt = queue.New(pastRuns{e.past, a.Package}), a.Now
	e.model.Load(s)
	return nil
}

// channelsOf appends the channels in which a task of the tree waits.
func channelsOf(n *forecast.Node, ids *[]int64) {
	c := n.Task.Channel.ID
	if n.Task.State == koji.TaskFree && c != 0 && !slices.Contains(*ids, c) && len(*ids) < queueChannels {
		*ids = append(*ids, c)
	}
	for _, child := range n.Children {
		channelsOf(child, ids)
	}
}

// pastRuns tells how long tasks of the package run.
type pastRuns struct {
	past *forecast.LastRuns
	pkg  string
}

// Run implements queue.Runs.
func (r pastRuns) Run(t *koji.Task) time.Duration {
	if t.Package() != r.pkg {
		return 0
	}
	return r.past.Run(t, nil).Likely
}

func idText(id int64) string { return strconv.FormatInt(id, 10) }
