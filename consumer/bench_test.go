package consumer

import (
	"context"
	"sync"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

// The benchmarks pass deliveries through a channel, as the client library does,
// to a loop that does nothing and to pipelines whose handler does nothing. What a
// pipeline costs is the difference. (Those with a broker are in
// bench_integration_test.go.)

func BenchmarkBareChannel(b *testing.B) {
	in := feed(b)
	for n := 0; n < b.N; n++ {
		<-in
	}
}

func BenchmarkOneWorker(b *testing.B) { benchmarkPipeline(b, 1, 256) }

func BenchmarkManyWorkers(b *testing.B) { benchmarkPipeline(b, 64, 1) }

func benchmarkPipeline(b *testing.B, workers, batch int) {
	h := &idle{all: int64(b.N), done: make(chan struct{})}
	l := newTestPipeline(h, workers, batch)
	l.in = feed(b)
	l.start()
	<-h.done
	b.StopTimer()
	l.stop()
}

// feed sends b.N deliveries.
func feed(b *testing.B) chan amqp.Delivery {
	b.ReportAllocs()
	in := make(chan amqp.Delivery)
	body := make([]byte, 844)
	go func() {
		for tag := range uint64(b.N) {
			in <- amqp.Delivery{DeliveryTag: tag + 1, RoutingKey: "koji.task.open", Body: body}
		}
	}()
	return in
}

// idle is a handler that only counts.
type idle struct {
	all  int64
	done chan struct{}

	mu   sync.Mutex
	seen int64
}

func (h *idle) Parse(d *Delivery) (int, error) { return int(d.DeliveryTag), nil }
func (h *idle) Key(v int) uint64               { return uint64(v % 1000) }
func (h *idle) Deliver(_ context.Context, batch []int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen += int64(len(batch)); h.seen == h.all {
		close(h.done)
	}
	return nil
}
