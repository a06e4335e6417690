package queue_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// crowd is a mass rebuild: 5,000 tasks wait for 200 hosts that are full.
func crowd() *queue.Model {
	m := queue.New(runs(hour))
	var hosts []queue.Host
	var tasks []koji.Task
	for id := range int64(200) {
		arch := arches[id%2]
		hosts = append(hosts, hostOf(id+1, 6, arch, builders, images))
		for range 4 {
			tasks = append(tasks, open(int64(len(tasks)+1), id+1, arch, hour/3))
		}
	}
	for range 5000 {
		n := int64(len(tasks) + 1)
		tasks = append(tasks, free(n, arches[n%3]))
	}
	load(m, hosts, tasks...)
	return m
}

// BenchmarkExpect is one estimate while the stream goes on: one task event for
// each.
func BenchmarkExpect(b *testing.B) {
	m := crowd()
	at, id := now, int64(100_000)
	b.ReportAllocs()
	for b.Loop() {
		id++
		at = at.Add(100 * time.Millisecond)
		task := free(id, arches[id%2])
		m.Observe(&task, at)
		if s, ok := m.Expect(&task, at); !ok || !s.Known() {
			b.Fatal("no answer")
		}
		if id%2 == 0 { // so that the queue stays as long
			task.State = koji.TaskCanceled
			m.Observe(&task, at)
			task.ID--
			m.Observe(&task, at)
		}
	}
}

// BenchmarkSchedule measures the first estimate after a snapshot.
func BenchmarkSchedule(b *testing.B) {
	m := crowd()
	at := now
	ask := free(100_000, "x86_64")
	for b.Loop() {
		at = at.Add(time.Minute)
		m.Expect(&ask, at)
	}
}
