package consumer

import (
	"fmt"
	"runtime/debug"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/internal/position"
	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// chunkSize is the maximum number of deliveries in a chunk.
const chunkSize = 64

// chunk is a run of deliveries in broker order. Passing many between goroutines at once
// spreads the cost of the switch over them.
type chunk[T any] struct {
	items []workqueue.Item[T]
	// shared reports whether a parser parses the chunk. While the workers keep up, they
	// parse themselves: waking a parser costs more than parsing.
	shared bool
	parsed chan struct{} // capacity 1; used if shared
}

// receive collects deliveries into chunks. A chunk grows until a worker is free to take it.
func (p *pipeline[T]) receive(in <-chan amqp.Delivery) {
	defer close(p.todo)
	defer close(p.order)
	c := p.newChunk()
	for {
		out := p.order
		if len(c.items) == 0 {
			out = nil
		}
		from := in
		if len(c.items) == chunkSize {
			from = nil
		}
		shared := len(p.order) > 0
		c.shared = shared
		select {
		case d, ok := <-from:
			if !ok {
				return
			}
			p.accept(c, &d)
		case out <- c:
			if shared {
				p.todo <- c // never blocks: its capacity exceeds that of order
			}
			c = p.newChunk()
		case <-p.soft.Done():
			return
		}
	}
}

func (p *pipeline[T]) accept(c *chunk[T], in *amqp.Delivery) {
	now := time.Now()
	d := message.New(in, p.queue, p.settler.Epoch(), now)
	deadletter.Restore(d)
	is := p.o.stream.take(d)
	if is == position.Beyond {
		return
	}
	p.settler.Take(d.DeliveryTag, now)
	if is == position.Settled {
		p.settler.Done(d)
		return
	}
	p.o.counters.received(d)
	c.items = append(c.items, workqueue.Item[T]{Delivery: d, Tries: p.o.memory.Recall(d), LastDelivery: p.isLast(d)})
}

// parse parses shared chunks, one of several goroutines that do.
func (p *pipeline[T]) parse() {
	for c := range p.todo {
		p.parseAll(c)
		c.parsed <- struct{}{}
	}
}

func (p *pipeline[T]) parseAll(c *chunk[T]) {
	for i := range c.items {
		p.parseOne(&c.items[i])
	}
}

// ready reports whether parsedChunk returns without waiting for a parser.
func (c *chunk[T]) ready() bool { return !c.shared || len(c.parsed) > 0 }

// parsedChunk waits until a shared chunk is parsed, and parses any other.
func (p *pipeline[T]) parsedChunk(c *chunk[T]) {
	if c.shared {
		<-c.parsed
		return
	}
	p.parseAll(c)
}

func (p *pipeline[T]) parseOne(it *workqueue.Item[T]) {
	defer func() {
		if r := recover(); r != nil {
			// Parsing is pure: the same delivery would cause the same panic again.
			it.Err = Dead(ReasonPanic, panicked("parse", r))
		}
	}()
	if it.Value, it.Err = p.o.handler.Parse(it.Delivery); it.Err == nil && p.o.keyed {
		it.Key = p.o.handler.Key(it.Value)
	}
}

// panicError reports a panic of the handler.
type panicError struct {
	doing string
	value any
	stack []byte
}

func panicked(doing string, r any) error {
	return &panicError{doing: doing, value: r, stack: debug.Stack()}
}

func (e *panicError) Error() string {
	return fmt.Sprintf("%s: panic: %v\n%s", e.doing, e.value, e.stack)
}

// newChunk returns an empty chunk, a recycled one if possible.
func (p *pipeline[T]) newChunk() *chunk[T] {
	select {
	case c := <-p.spare:
		return c
	default:
		return &chunk[T]{parsed: make(chan struct{}, 1)}
	}
}

// recycle keeps a chunk, whose items are no longer needed, for newChunk.
func (p *pipeline[T]) recycle(c *chunk[T]) {
	clear(c.items)
	c.items = c.items[:0]
	select {
	case p.spare <- c:
	default:
	}
}

// deadLetterUnparsed makes an item that cannot be parsed a dead letter.
func (p *pipeline[T]) deadLetterUnparsed(it *workqueue.Item[T]) {
	reason, ok := delivery.Reason(it.Err)
	if !ok {
		reason = ReasonUnparseable
	}
	p.dead.add(newDeadLetter(it, reason, it.Err))
}
