package amqp

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// exchange is a fake publisher. The daemon's tests run the sink against a real broker.
type exchange struct {
	mu     sync.Mutex
	got    []string
	fail   int
	refuse string
	held   chan struct{} // nil: takes messages
}

func (x *exchange) Publish(ctx context.Context, messages []Message) []error {
	x.mu.Lock()
	held := x.held
	x.mu.Unlock()
	errs := make([]error, len(messages))
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			for i := range errs {
				errs[i] = ctx.Err()
			}
			return errs
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, m := range messages {
		switch {
		case x.fail > 0:
			errs[i] = errors.New("connection lost")
		case m.MessageId == x.refuse:
			errs[i] = ErrUnroutable
		default:
			x.got = append(x.got, m.MessageId)
		}
	}
	if len(messages) > 0 && x.fail > 0 {
		x.fail--
	}
	return errs
}

func (x *exchange) Blocked() string { return "" }
func (x *exchange) Close()          {}

// single unwraps the error of a batch of one event, as the daemon does.
type single struct{ *Sink }

func (s single) Send(ctx context.Context, events []*event.Event) error {
	err := s.Sink.Send(ctx, events)
	if each, ok := errors.AsType[*sinks.BatchError](err); ok && len(each.Errs) == 1 {
		return each.Errs[0]
	}
	return err
}

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		x := &exchange{}
		return &sinktest.World{
			Sink: single{New(x, Options{Exchange: "x", Key: key(t, usual), Unroutable: UnroutableDead})},
			Arrived: func() []string {
				x.mu.Lock()
				defer x.mu.Unlock()
				return append([]string(nil), x.got...)
			},
			Fail:   func(n int) { x.fail = n },
			Refuse: func(id string) { x.refuse = id },
			Hold: func() func() {
				held := make(chan struct{})
				x.mu.Lock()
				x.held = held
				x.mu.Unlock()
				return func() {
					x.mu.Lock()
					x.held = nil
					x.mu.Unlock()
					close(held)
				}
			},
		}
	})
}
