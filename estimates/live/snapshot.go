package live

import (
	"context"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// queueTasks is the maximum number of running tasks to read, and of waiting tasks.
const queueTasks = 5000

// readQueue reads the hosts of channels, what runs and what waits, together with what
// the batch has already. The snapshot says nothing of the channels themselves.
func readQueue(ctx context.Context, batch *kojirpc.Batch, channelIDs []int64, now time.Time) (*queue.Snapshot, error) {
	take := askQueue(batch, channelIDs)
	if err := batch.Send(ctx); err != nil {
		return nil, err
	}
	return take(now)
}

// askQueue asks for what readQueue reads.
func askQueue(batch *kojirpc.Batch, channelIDs []int64) func(now time.Time) (*queue.Snapshot, error) {
	hosts := make([]*kojirpc.Result[[]koji.Host], len(channelIDs))
	for i, id := range channelIDs {
		hosts[i] = batch.ListHosts(kojirpc.HostFilter{Channel: kojirpc.ID(id)}, kojirpc.QueryOpts{})
	}
	// The tasks of all channels: hosts are in several. Their requests cannot be left
	// out; undecoded they are shorter.
	running := tasksIn(batch, "-id", koji.TaskOpen, koji.TaskAssigned)
	free := tasksIn(batch, "priority,create_time", koji.TaskFree)
	return func(now time.Time) (*queue.Snapshot, error) {
		s := &queue.Snapshot{At: now}
		for i, id := range channelIDs {
			list, err := hosts[i].Get()
			if err != nil {
				return nil, err
			}
			addHosts(s, id, list)
		}
		for _, r := range []*kojirpc.Result[[]koji.Task]{running, free} {
			list, err := r.Get()
			if err != nil {
				return nil, err
			}
			s.Tasks = append(s.Tasks, list...)
			s.Partial = s.Partial || len(list) == queueTasks
		}
		return s, nil
	}
}

func tasksIn(b *kojirpc.Batch, order string, states ...koji.TaskState) *kojirpc.Result[[]koji.Task] {
	numbers := make([]int, len(states))
	for i, s := range states {
		numbers[i] = s.Number()
	}
	return kojirpc.Add[[]koji.Task](b, "listTasks", map[string]any{"state": numbers},
		map[string]any{"order": order, "limit": queueTasks})
}

// addHosts adds the hosts of a channel, or the channel to those already in the snapshot.
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
