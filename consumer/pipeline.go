package consumer

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	amqp "github.com/rabbitmq/amqp091-go"
)

// item is a delivery on its way, with what it was parsed to.
type item[T any] struct {
	d   *Delivery
	v   T
	key uint64
	err error // it cannot be parsed

	tries tries
}

// pipeline carries the deliveries of one session through parsers and lanes to
// their verdicts.
type pipeline[T any] struct {
	*pipes[T]
	settler *settler
	dead    *deadLane
	queue   string

	soft  context.Context // ended: begin nothing new
	hard  context.Context // ended: give up what is in hand
	order chan *chunk[T]  // to the lanes, in broker order
	todo  chan *chunk[T]  // to the parsers
	spare chan *chunk[T]

	gathering gathering

	accepted atomic.Bool // something, by the sink
	mu       sync.Mutex
	held     []item[T] // one of each lane, see keep
}

// pipes is what the pipelines of all sessions have in common.
type pipes[T any] struct {
	handler  Handler[T]
	lanes    int
	batch    int
	gather   Gather
	pause    backoff // how long to wait between attempts; a template
	counters *counters
	sink     *trouble
	gate     *gate
	budget   Budget
}

func newPipeline[T any](p *pipes[T], s *settler, dead *deadLane, queue string) *pipeline[T] {
	depth := 2*runtime.GOMAXPROCS(0) + 1
	return &pipeline[T]{
		pipes:   p,
		settler: s,
		dead:    dead,
		queue:   queue,
		order:   make(chan *chunk[T], depth),
		todo:    make(chan *chunk[T], depth+1), // one more is in the hands of the lanes
		spare:   make(chan *chunk[T], depth+2),

		gathering: gathering{turn: make(chan struct{}, 1)},
	}
}

// run works on what comes in until soft ends or in is closed, and returns when
// nothing is in hand any more. hard ends after soft.
func (p *pipeline[T]) run(soft, hard context.Context, in <-chan amqp.Delivery) {
	p.soft, p.hard = soft, hard
	var all sync.WaitGroup
	all.Go(func() { p.receive(in) })
	for range runtime.GOMAXPROCS(0) {
		all.Go(p.parse)
	}
	all.Go(func() { p.dead.run(soft, hard) })
	if !p.keyed() {
		all.Go(p.serial)
	} else {
		p.fanOut(&all)
	}
	all.Wait()
}

// keyed tells whether values are sorted by their keys. Batches that wait are made of
// values that need not have come together.
func (p *pipes[T]) keyed() bool { return p.lanes > 1 || p.gather.waits() }

// keep remembers a value that a lane has tried in vain up to the end.
func (p *pipeline[T]) keep(items []item[T]) {
	if len(items) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, items[0])
}

// stuck is the value that waited longest, if the sink seems to be down: the gate
// is shut, or nothing has got through, and that is not the fault of a single
// value, which in one lane would hold up all others anyway.
func (p *pipeline[T]) stuck() []item[T] {
	if !p.gate.shut() && (p.accepted.Load() || len(p.held) < min(p.lanes, 2)) || len(p.held) == 0 {
		return nil
	}
	first := slices.MinFunc(p.held, func(a, b item[T]) int { return cmp.Compare(a.d.DeliveryTag, b.d.DeliveryTag) })
	return []item[T]{first}
}
