package consumer

import (
	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// serial delivers everything in broker order, in batches that do not wait to fill. It is
// the only worker of a pipeline without keys.
func (p *pipeline[T]) serial() {
	var b workqueue.Batch[T]
	for c := range p.order {
		if !c.ready() && !p.deliver(&b) { // rather than wait for the parser
			return
		}
		p.parsedChunk(c)
		if !p.collect(c, &b) {
			return
		}
		if len(p.order) == 0 && !p.deliver(&b) {
			return
		}
	}
}

// collect moves a chunk's items into the batch and delivers it whenever it is full.
func (p *pipeline[T]) collect(c *chunk[T], b *workqueue.Batch[T]) bool {
	for i := range c.items {
		it := &c.items[i]
		if it.Err != nil {
			p.deadLetterUnparsed(it)
			continue
		}
		b.Add(it)
		if len(b.Items) == p.o.batch && !p.deliver(b) {
			return false
		}
	}
	p.recycle(c)
	return true
}
