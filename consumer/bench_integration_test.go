//go:build integration

package consumer_test

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// The benchmarks drain a queue of messages like those of protonmsg. Compare the
// CPU times of the process: the rates depend on the broker more than on us.
//
//	go test -tags integration -run '^$' -bench Drain -benchtime 200000x ./consumer

func BenchmarkDrainBare(b *testing.B) {
	q := filledQueue(b)
	conn, err := amqp.Dial(brokerURL(b))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err != nil {
		b.Fatal(err)
	}
	if err := ch.Qos(512, 0, false); err != nil {
		b.Fatal(err)
	}
	defer reportCPU(b)()
	deliveries, err := ch.Consume(q, "", false, false, false, false, nil)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for d := range deliveries {
		if n++; n%64 == 0 || n == b.N {
			if err := d.Ack(true); err != nil {
				b.Fatal(err)
			}
		}
		if n == b.N {
			return
		}
	}
}

func BenchmarkDrainOneWorker(b *testing.B) { benchmarkDrain(b, 1) }

func BenchmarkDrainManyWorkers(b *testing.B) { benchmarkDrain(b, 64) }

func benchmarkDrain(b *testing.B, workers int) {
	q := filledQueue(b)
	ctx, stop := context.WithCancel(b.Context())
	h := &counting{n: int64(b.N), full: stop}
	c, err := consumer.New(h, consumer.Options{
		Brokers: brokers(brokerURL(b)),
		Queue:   consumer.Queue{Name: q, Durable: true},
		Workers: workers,
	})
	if err != nil {
		b.Fatal(err)
	}
	defer reportCPU(b)()
	if err := c.Run(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/float64(h.calls.Load()), "msg/batch")
}

// counting is a handler without work.
type counting struct {
	n     int64
	seen  atomic.Int64
	calls atomic.Int64
	full  func()
}

func (h *counting) Parse(d *consumer.Delivery) (uint64, error) { return d.DeliveryTag, nil }
func (h *counting) Key(v uint64) uint64                        { return v % 1000 }
func (h *counting) Deliver(_ context.Context, batch []uint64) error {
	h.calls.Add(1)
	if h.seen.Add(int64(len(batch))) == h.n {
		h.full()
	}
	return nil
}

// filledQueue has b.N messages of 844 bytes.
func filledQueue(b *testing.B) string {
	a := newAdmin(b)
	q := a.queueName()
	a.declare(q)
	a.declare(q + ".dead")
	m := amqp.Publishing{
		Type:         "amqp-1.0",
		DeliveryMode: amqp.Transient,
		Headers:      amqp.Table{"x-amqp-1.0-properties": "\x00\x53\x73\x45", "x-amqp-1.0-app-properties": string(make([]byte, 200))},
		Body:         make([]byte, 844),
	}
	const step = 1000
	for left := b.N; left > 0; left -= step {
		some := make([]amqp.Publishing, min(left, step))
		for i := range some {
			some[i] = m
		}
		a.publish(q, some...)
	}
	return q
}

// reportCPU measures from now until the function it returns is called.
func reportCPU(b *testing.B) func() {
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	return func() {
		b.StopTimer()
		b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/msg")
	}
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
