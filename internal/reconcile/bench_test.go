package reconcile

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// counter counts what is published, and how large the heap is meanwhile.
type counter struct {
	published int
	heap      uint64 // the largest, after a collection
}

func (c *counter) Publish(_ context.Context, messages []publish.Message) []error {
	if c.published += len(messages); c.published/10_000 > (c.published-len(messages))/10_000 {
		c.heap = max(c.heap, liveHeap())
	}
	return make([]error, len(messages))
}

func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// dayOf is a day of a busy hub: tasks, each with three facts.
func dayOf(tasks int) hubtest.Data {
	var data hubtest.Data
	for i := range tasks {
		created := noon.Add(time.Duration(i) * 24 * time.Hour / time.Duration(tasks))
		data.Tasks = append(data.Tasks, hubtest.Task{
			Method: "buildArch", State: "CLOSED", Request: []any{fmt.Sprintf("tasks/%d/p.src.rpm", i), "f44", "x86_64", true, map[string]any{}},
			Created: created, Started: created.Add(10 * time.Second), Completed: created.Add(5 * time.Minute),
		})
	}
	return data
}

// BenchmarkBacklog repairs a day of a hub of which the sink was told nothing.
func BenchmarkBacklog(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d events", n), func(b *testing.B) {
			hub := hubtest.Start(b, hubtest.Options{Data: dayOf(n / 3)})
			client, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = client.Close(context.Background()) }()
			for b.Loop() {
				before := liveHeap()
				var c counter
				r := Repair{API: client.API, Memory: unknown{}, Publisher: &c, Route: Route{Queue: "q", Exchange: "amq.topic", Topics: []string{"koji.#"}}}
				result, err := r.Run(b.Context(), noon, noon.Add(25*time.Hour))
				if err != nil || result.Sent < n-3 || c.published != result.Sent {
					b.Fatalf("%d published, %+v, %v", c.published, result, err)
				}
				b.ReportMetric(100*float64(result.Requests)/float64(result.Sent), "requests/100events")
				b.ReportMetric(float64(max(c.heap, before)-before)/(1<<20), "MiB")
			}
		})
	}
}
