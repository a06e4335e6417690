package consumer

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/failurelog"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle/settletest"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// funcHandler is a handler made of functions. Values are the numbers that bodies
// hold; the key is the number's last digit.
type funcHandler struct {
	parse   func(*Delivery) (int, error)
	deliver func(context.Context, []int) error
	observe func(v int, reason string, err error)
}

func (h *funcHandler) ObserveDeadLetter(v int, reason string, err error) {
	if h.observe != nil {
		h.observe(v, reason, err)
	}
}

func (h *funcHandler) Parse(d *Delivery) (int, error) {
	if h.parse != nil {
		return h.parse(d)
	}
	return strconv.Atoi(string(d.Body))
}

func (h *funcHandler) Key(v int) uint64 { return uint64(v % 10) }

func (h *funcHandler) Deliver(ctx context.Context, batch []int) error {
	return h.deliver(ctx, batch)
}

// deadLetterLog keeps dead letters in memory.
type deadLetterLog struct {
	fail func(DeadLetter) error // if set, says what goes wrong

	mu      sync.Mutex
	letters []DeadLetter
}

func (b *deadLetterLog) Put(_ context.Context, l DeadLetter) error {
	if b.fail != nil {
		if err := b.fail(l); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, l)
	return nil
}

func (b *deadLetterLog) all() []DeadLetter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.letters)
}

// testPipeline is a pipeline without a broker.
type testPipeline struct {
	*pipeline[int]
	in      chan amqp.Delivery
	acks    *settletest.AckLog
	kept    *deadLetterLog
	sent    int
	soft    context.CancelFunc
	hard    context.CancelFunc
	running sync.WaitGroup
}

const testEpoch = 3

func newTestPipeline(h Handler[int], workers, batch int) *testPipeline {
	c, log := newCounters(), zerolog.Nop()
	backoff := retry.Backoff{First: time.Second, Last: time.Minute}
	l := &testPipeline{in: make(chan amqp.Delivery), acks: &settletest.AckLog{}, kept: &deadLetterLog{}}
	s := settle.New(testEpoch, 1000, &c.stale)
	dead := &deadLetterWriter{
		letters: l.kept, settler: s, counters: c, backoff: backoff, log: &log,
		failure: failurelog.New(&log, "", ""), wake: make(chan struct{}, 1),
	}
	l.pipeline = newPipeline(&pipelineOptions[int]{
		handler: h, workers: workers, keyed: workers > 1, batch: batch, backoff: backoff, counters: c, sink: failurelog.New(&log, "", ""),
		breaker: breaker.New(0, backoff), memory: attempts.NewMemory(""), memoryFailure: failurelog.New(&log, "", ""),
	}, s, dead, "q", -1)
	return l
}

func (l *testPipeline) start() {
	var soft, hard, acks context.Context
	soft, l.soft = context.WithCancel(context.Background())
	hard, l.hard = context.WithCancel(context.Background())
	acks, stop := context.WithCancel(context.Background())
	var sending sync.WaitGroup
	sending.Go(func() { l.settler.SendAcks(acks, l.acks) })
	l.running.Go(func() {
		l.run(soft, hard, l.in)
		stop()
		sending.Wait()
	})
}

func (l *testPipeline) send(bodies ...string) {
	for _, body := range bodies {
		l.sent++
		l.in <- amqp.Delivery{DeliveryTag: uint64(l.sent), RoutingKey: "k", Body: []byte(body)}
	}
}

func (l *testPipeline) sendNumbers(n ...int) {
	for _, n := range n {
		l.send(strconv.Itoa(n))
	}
}

func (l *testPipeline) stop() {
	l.soft()
	l.running.Wait()
	l.hard()
}

// acked is the tags acknowledged, in rising order, each as often as it was.
func (l *testPipeline) acked() []uint64 {
	var tags []uint64
	low := uint64(0)
	single := map[uint64]bool{}
	for _, a := range l.acks.All() {
		if !a.Multiple {
			single[a.Tag] = true
			tags = append(tags, a.Tag)
			continue
		}
		for tag := low + 1; tag <= a.Tag; tag++ {
			if !single[tag] {
				tags = append(tags, tag)
			}
		}
		low = a.Tag
	}
	slices.Sort(tags)
	return tags
}

func upTo(n int) []uint64 {
	var tags []uint64
	for i := range n {
		tags = append(tags, uint64(i+1))
	}
	return tags
}

// sinkLog is a sink that remembers what it accepted.
type sinkLog struct {
	mu     sync.Mutex
	values []int
	sizes  []int
}

func (s *sinkLog) accept(_ context.Context, batch []int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = append(s.values, batch...)
	s.sizes = append(s.sizes, len(batch))
	return nil
}

func (s *sinkLog) all() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.values)
}

var errDown = errors.New("the sink is down")
