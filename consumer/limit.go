package consumer

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/workqueue"
)

// isLast reports whether the broker would drop a delivery that is given back. It is
// called by the receiver alone.
func (p *pipeline[T]) isLast(d *Delivery) bool {
	count, ok := d.Headers[broker.HeaderDeliveryCount].(int64)
	if !ok || p.deliveryLimit < 0 || count < p.deliveryLimit {
		return false
	}
	p.last = append(p.last, d)
	return true
}

// errNoVerdict is the error of a delivery that is a dead letter only because it
// cannot be given back.
var errNoVerdict = errors.New("the queue drops a message that it has delivered so often, and there was no verdict in time")

// saveLast makes dead letters of those that have no verdict and that the broker
// would drop if they were given back. The pipeline has ended.
func (p *pipeline[T]) saveLast(ctx context.Context) {
	for _, d := range p.last {
		if p.settler.Pending(d) {
			p.dead.put(ctx, newDeadLetter(&workqueue.Item[T]{Delivery: d}, ReasonDeliveryLimit, errNoVerdict))
		}
	}
}
