package app

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

// Bounds of what is asked about the queue.
const (
	queueFresh    = 2 * time.Minute // after which it is asked again
	queueTasks    = 5000
	queueChannels = 8
)

// readQueue reads the hosts of the channels in which something waits, what runs and
// what waits, in one request.
func (e *etaReader) readQueue(ctx context.Context, a *etaAnswer) error {
	if e.model != nil && a.now.Sub(e.modelAt) < queueFresh {
		return nil
	}
	var ids []int64
	channelsOf(a.node, &ids)
	batch := kojirpc.NewBatch(e.api)
	channels := make([]*kojirpc.Result[koji.Channel], len(ids))
	hosts := make([]*kojirpc.Result[[]koji.Host], len(ids))
	for i, id := range ids {
		channels[i] = kojirpc.Queue[koji.Channel](batch, "getChannel", id, kojirpc.Named{"strict": true})
		hosts[i] = kojirpc.Queue[[]koji.Host](batch, "listHosts", kojirpc.Named{"channelID": id})
	}
	// The tasks of all channels: hosts are in several. Their requests cannot be left
	// out; undecoded they are shorter.
	running := tasksIn(batch, "-id", koji.TaskOpen, koji.TaskAssigned)
	free := tasksIn(batch, "priority,create_time", koji.TaskFree)
	if err := batch.Send(ctx); err != nil {
		return err
	}
	s := queue.Snapshot{At: a.now}
	for i := range ids {
		c, err := channels[i].Get()
		if err != nil {
			return err
		}
		list, err := hosts[i].Get()
		if err != nil {
			return err
		}
		s.Channels = append(s.Channels, c)
		addHosts(&s, c.ID, list)
	}
	for _, r := range []*kojirpc.Result[[]koji.Task]{running, free} {
		list, err := r.Get()
		if err != nil {
			return err
		}
		s.Tasks = append(s.Tasks, list...)
	}
	e.model, e.modelAt = queue.New(pastRuns{e.past, a.pkg}), a.now
	e.model.Load(&s)
	return nil
}

func tasksIn(b *kojirpc.Batch, order string, states ...koji.TaskState) *kojirpc.Result[[]koji.Task] {
	numbers := make([]int, len(states))
	for i, s := range states {
		numbers[i] = s.Number()
	}
	return kojirpc.Queue[[]koji.Task](b, "listTasks", map[string]any{"state": numbers},
		map[string]any{"order": order, "limit": queueTasks})
}

// addHosts adds the hosts of a channel, which may be there from another one.
func addHosts(s *queue.Snapshot, channel int64, hosts []koji.Host) {
	for _, h := range hosts {
		i := slices.IndexFunc(s.Hosts, func(o queue.Host) bool { return o.ID == h.ID })
		if i < 0 {
			i = len(s.Hosts)
			s.Hosts = append(s.Hosts, queue.Host{Host: h})
		}
		s.Hosts[i].Channels = append(s.Hosts[i].Channels, channel)
	}
}

// channelsOf is the channels in which something of the tree waits.
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
