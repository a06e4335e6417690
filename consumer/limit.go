package consumer

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// isLast reports whether the broker would drop the message if it were given back. Only the
// receiver calls it.
func (p *pipeline[T]) isLast(d *Delivery) bool {
	count, ok := d.Headers[broker.HeaderDeliveryCount].(int64)
	if !ok || p.deliveryLimit < 0 || count < p.deliveryLimit {
		return false
	}
	p.last = append(p.last, d)
	return true
}

// errNoVerdict is the error of a dead letter that was not settled in its session and cannot
// be given back.
var errNoVerdict = errors.New("the queue drops a message that it has delivered so often, and there was no verdict in time")

// saveLast makes dead letters of the deliveries that are not settled and that the broker
// would drop if they were given back. It is called after the pipeline has ended.
func (p *pipeline[T]) saveLast(ctx context.Context) {
	for _, d := range p.last {
		if p.settler.Pending(d) {
			p.dead.put(ctx, newDeadLetter(&workqueue.Item[T]{Delivery: d}, ReasonDeliveryLimit, errNoVerdict))
		}
	}
}
