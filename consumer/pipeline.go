package consumer

import (
	"context"
	"runtime"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/failurelog"
	"github.com/kojiwatch/kojiwatch/consumer/internal/settle"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// pipeline parses, delivers and settles the deliveries of one session.
type pipeline[T any] struct {
	o       *pipelineOptions[T]
	settler *settle.Settler
	dead    *deadLetterWriter
	queue   string
	// deliveryLimit is how often the queue redelivers a message; below 0 there is no limit.
	deliveryLimit int64

	soft  context.Context // its end stops new attempts
	hard  context.Context // its end interrupts attempts in progress
	order chan *chunk[T]  // to the workers, in broker order
	todo  chan *chunk[T]  // to the parsers
	spare chan *chunk[T]

	batching batching

	last []*Delivery // must not be given back, see isLast
}

// pipelineOptions are shared by the pipelines of all sessions.
type pipelineOptions[T any] struct {
	handler       Handler[T]
	workers       int
	keyed         bool // values go through a keyed queue
	batch         int
	policy        BatchPolicy
	backoff       retry.Backoff // between attempts
	counters      *counters
	sink          *failurelog.Logger
	breaker       *breaker.Breaker
	limit         RetryLimit
	stream        *stream
	memory        *attempts.Memory
	memoryFailure *failurelog.Logger
}

func newPipeline[T any](p *pipelineOptions[T], s *settle.Settler, dead *deadLetterWriter, queue string, deliveryLimit int64) *pipeline[T] {
	depth := 2*runtime.GOMAXPROCS(0) + 1
	return &pipeline[T]{
		o:             p,
		settler:       s,
		dead:          dead,
		queue:         queue,
		deliveryLimit: deliveryLimit,
		order:         make(chan *chunk[T], depth),
		todo:          make(chan *chunk[T], depth+1), // the workers may have taken one more
		spare:         make(chan *chunk[T], depth+2),

		batching: batching{filling: make(chan struct{}, 1)},
	}
}

// run processes deliveries until soft ends or in is closed, and returns when no goroutine
// works on any of them. hard ends after soft.
func (p *pipeline[T]) run(soft, hard context.Context, in <-chan amqp.Delivery) {
	p.soft, p.hard = soft, hard
	var all sync.WaitGroup
	all.Go(func() { p.receive(in) })
	for range runtime.GOMAXPROCS(0) {
		all.Go(p.parse)
	}
	all.Go(func() { p.dead.run(soft, hard) })
	if p.o.keyed {
		p.startWorkers(&all)
	} else {
		all.Go(p.serial)
	}
	all.Wait()
}
