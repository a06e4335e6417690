package queue_test

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// The channels of the tests.
const (
	builders int64 = 1
	images   int64 = 2
)

// runs is the same run for every task.
type runs time.Duration

// Run implements queue.Runs.
func (r runs) Run(*koji.Task) time.Duration { return time.Duration(r) }

func hostOf(id int64, capacity float64, arches string, channels ...int64) queue.Host {
	h := queue.Host{Channels: channels}
	h.ID, h.Capacity = id, koji.Some(capacity)
	h.Enabled, h.Ready = koji.Some(true), koji.Some(true)
	if arches != "" {
		h.Arches = []string{arches}
	}
	return h
}

// free is a task that waits since a minute before now.
func free(id int64, arch string) koji.Task {
	return koji.Task{
		ID: id, Method: "buildArch", State: koji.TaskFree, Arch: arch, Created: now.Add(-time.Minute),
		Channel: koji.Ref{ID: builders}, Priority: koji.Some[int64](19),
	}
}

// open is a task that has run for so long.
func open(id, host int64, arch string, ago time.Duration) koji.Task {
	t := free(id, arch)
	t.State, t.Host, t.Started = koji.TaskOpen, koji.Ref{ID: host}, now.Add(-ago)
	t.Created, t.Weight = t.Started.Add(-time.Minute), koji.Some(1.5)
	return t
}

func load(m *queue.Model, hosts []queue.Host, tasks ...koji.Task) {
	m.Load(&queue.Snapshot{At: now, Hosts: hosts, Tasks: tasks, Channels: []koji.Channel{
		{ID: builders, Name: "default"}, {ID: images, Name: "image"},
	}})
}
