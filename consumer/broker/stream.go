package broker

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	// StreamOffsetArg is the argument of basic.consume that says where in a stream to
	// begin, and the header that says where in it a message is.
	StreamOffsetArg = "x-stream-offset"
	// peekPrefetch bounds what a look into a stream brings at once.
	peekPrefetch = 1000
	// streamPatience is how long a message of a stream may take to come before there is
	// none, and quietPatience how long the next one of those that were stored together.
	streamPatience = 5 * time.Second
	quietPatience  = 500 * time.Millisecond
	// replicaPatience is how long a replica of a stream may take to get what it lacks.
	replicaPatience = 10 * time.Second
	// peekLimit bounds a look at the end of a stream that does not stop growing.
	peekLimit = 5 * time.Second
)

// StreamOffset returns where in its stream a message is. It is not ok for a message of
// another kind of queue.
func StreamOffset(headers map[string]any) (offset uint64, ok bool) {
	n, ok := headers[StreamOffsetArg].(int64)
	return uint64(n), ok && n >= 0
}

// StreamHolds reports whether a stream reaches at least up to the message before an
// offset. If it does not, it is another one than that in which the offset was seen: a
// stream is never without its last messages. If it hands out nothing at all, that is an
// error: it may be new, or the broker slow.
func (c *Connection) StreamHolds(queue string, offset uint64) (bool, error) {
	if offset == 0 {
		return true, nil
	}
	last, found, err := c.peek(queue, "last", func(last uint64) time.Duration {
		if last+1 >= offset {
			return 0
		}
		return replicaPatience
	})
	if err == nil && !found {
		return false, &Failure{Cause: CauseUnserved, Err: fmt.Errorf("stream %q hands out nothing, although it was read up to offset %d", queue, offset)}
	}
	return last+1 >= offset, err
}

// StreamEnd returns the offset after the last message of a stream.
func (c *Connection) StreamEnd(queue string) (uint64, error) {
	begun := time.Now()
	last, found, err := c.peek(queue, "last", func(uint64) time.Duration {
		return min(quietPatience, peekLimit-time.Since(begun))
	})
	if err != nil || !found {
		return 0, err
	}
	return last + 1, nil
}

// StreamFind returns the offset that a place in a stream is at now: first, last, next, an
// offset (int64) or a time. Before a time there may be some messages more: brokers look
// for what was stored together.
func (c *Connection) StreamFind(queue string, place any) (uint64, error) {
	offset, isNumber := place.(int64)
	switch {
	case place == "first", isNumber && offset <= 0:
		return 0, nil
	case place != "next" && !isNumber:
		first, found, err := c.peek(queue, place, func(uint64) time.Duration { return 0 })
		if err != nil || found {
			return first, err
		}
	}
	end, err := c.StreamEnd(queue)
	if isNumber {
		end = min(end, uint64(offset))
	}
	return end, err
}

// peek reads a stream from a place on, on a channel of its own, and returns the last
// offset that it has seen. More says how long to wait for the next one.
func (c *Connection) peek(queue string, place any, more func(last uint64) time.Duration) (last uint64, found bool, err error) {
	ch, err := c.OpenChannel()
	if err != nil {
		return 0, false, &Failure{Cause: CauseConnectionLost, Err: err}
	}
	defer func() { _ = c.Guard("close a channel", ch.Close) }()
	var deliveries <-chan amqp.Delivery
	err = c.Guard(fmt.Sprintf("look into stream %q", queue), func() (err error) {
		if err = ch.Qos(peekPrefetch, 0, false); err == nil {
			deliveries, err = ch.Consume(queue, "", false, false, false, false, amqp.Table{StreamOffsetArg: place})
		}
		return err
	})
	if err != nil {
		return 0, false, TopologyFailure(err)
	}
	timer := time.NewTimer(streamPatience)
	defer timer.Stop()
	for {
		select {
		case d, open := <-deliveries:
			if !open {
				return last, found, &Failure{Cause: CauseChannelClosed, Err: fmt.Errorf("look into stream %q: the channel was closed", queue)}
			}
			if last, found = StreamOffset(d.Headers); !found {
				return 0, false, &Failure{Cause: CauseTopology, Hint: "set queue.type to what it is", Err: fmt.Errorf("queue %q is no stream", queue)}
			}
			wait := more(last)
			if wait <= 0 {
				return last, true, nil
			}
			_ = d.Ack(false) // a failed write ends the channel
			timer.Reset(wait)
		case <-timer.C:
			return last, found, nil
		}
	}
}
