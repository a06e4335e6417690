package broker

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	// StreamOffsetArg is the argument of basic.consume for the offset to begin at, and the
	// header with the offset of a message.
	StreamOffsetArg = "x-stream-offset"
	// peekPrefetch is the prefetch count of peek.
	peekPrefetch = 1000
	// streamPatience is how long to wait for a message before the stream counts as empty,
	// and quietPatience how long to wait for the next message of the same chunk.
	streamPatience = 5 * time.Second
	quietPatience  = 500 * time.Millisecond
	// replicaPatience is how long a replica of a stream may take to catch up.
	replicaPatience = 10 * time.Second
	// peekLimit is how long to search for the end of a stream that keeps growing.
	peekLimit = 5 * time.Second
)

// StreamOffset returns the offset of a message in its stream. It is not ok for a message of
// another type of queue.
func StreamOffset(headers map[string]any) (offset uint64, ok bool) {
	n, ok := headers[StreamOffsetArg].(int64)
	return uint64(n), ok && n >= 0
}

// StreamHolds reports whether a stream has the message before an offset or a later one. If
// not, the stream was deleted and declared again since the offset was seen: a stream always
// keeps its last messages. It is an error if the stream delivers nothing at all: it may be
// new, or the broker slow.
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

// StreamFind returns the current offset of a place in a stream: first, last, next, an
// offset (int64) or a time. The offset for a time may be that of an earlier message, because
// brokers find whole chunks.
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

// peek reads a stream from a place on, on a channel of its own, and returns the last offset
// it has read. more returns how long to wait for the next message.
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
