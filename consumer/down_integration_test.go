//go:build integration

package consumer_test

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// TestASinkThatIsDown: everything goes back to the queue now and then, and nothing is sent
// that is not held.
func TestASinkThatIsDown(t *testing.T) {
	leavesNothingRunning(t)
	for _, workers := range []int{1, 4} {
		a := newAdmin(t)
		q := a.queueName()
		a.declare(q)
		a.publish(q, numbers(0, 30)...)
		var held atomic.Pointer[running] // once it runs
		var down atomic.Bool
		var tried, unheld atomic.Int64
		down.Store(true)
		s := &sink{deliver: func(context.Context, []string) error {
			if r := held.Load(); r != nil && tried.Add(1) > 1 && r.Stats().InFlight == 0 {
				unheld.Add(1)
			}
			if down.Load() {
				return errors.New("connection refused")
			}
			return nil
		}}
		o := options(t, q)
		o.HoldLimit, o.Workers, o.DownAfter = 300*time.Millisecond, workers, 3
		r := start(t, s, o)
		held.Store(r)
		eventually(t, "all is in hand", func() bool { return r.Stats().InFlight == 30 })
		eventually(t, "all has gone back", func() bool { return r.Stats().Failures[broker.CauseHeld] > 1 && r.Stats().SinkDown })
		before := tried.Load()
		eventually(t, "the sink is still tried", func() bool { return tried.Load() > before+3 })
		down.Store(false)
		eventually(t, "all values", func() bool { return s.has(30) && r.Stats().Done == 30 })
		a.publish(q, numbers(30, 100)...)
		eventually(t, "what follows", func() bool { return s.has(130) })
		r.stop()
		inOrder(t, s.all())
		if n := unheld.Load(); n > 0 {
			t.Errorf("%d attempts were made with nothing in hand", n)
		}
		if st := r.Stats(); st.SinkDown || st.Done != 130 || st.Failures[broker.CauseHeld] == 0 {
			t.Errorf("stats: %+v", st)
		}
	}
}

// TestOrderWithAStandby: while the sink is down and sessions end, the broker goes from
// one replica to the other and back; what is sent in the end is in order, once.
func TestOrderWithAStandby(t *testing.T) {
	for _, kind := range []string{"classic", "quorum"} {
		t.Run(kind, func(t *testing.T) {
			a := newAdmin(t)
			q := a.queueName()
			var down atomic.Bool
			down.Store(true)
			s := &sink{deliver: func(context.Context, []string) error {
				if down.Load() {
					return errors.New("connection refused")
				}
				return nil
			}}
			var replicas []*running
			for range 2 {
				o := options(t, q)
				o.Queue.Type, o.Queue.SingleActive = kind, true
				o.HoldLimit, o.Workers, o.DownAfter = 250*time.Millisecond, 4, 3
				replicas = append(replicas, start(t, s, o))
			}
			for _, r := range replicas {
				r.connected()
			}
			t.Cleanup(func() { a.delete(q) })
			a.publish(q, numbers(0, 40)...)
			eventually(t, "both have had their turns", func() bool {
				return replicas[0].Stats().Failures[broker.CauseHeld] > 2 && replicas[1].Stats().Failures[broker.CauseHeld] > 2
			})
			down.Store(false)
			eventually(t, "all values", func() bool { return s.has(40) })
			for _, r := range replicas {
				r.stop()
			}
			seen := map[int]int{}
			for _, v := range s.all() {
				n, _ := strconv.Atoi(v)
				if last, ok := seen[n%10]; ok && n <= last {
					t.Errorf("%d came after %d: %v", n, last, s.all())
				}
				seen[n%10] = n
			}
		})
	}
}

// TestADeliveryLimitLosesNothing: a message that the broker would drop the next time
// it comes back becomes a dead letter.
func TestADeliveryLimitLosesNothing(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	s := &sink{deliver: func(context.Context, []string) error { return errors.New("connection refused") }}
	o := options(t, q)
	o.Queue.Type, o.Queue.Arguments = "quorum", map[string]any{"x-delivery-limit": 3}
	o.HoldLimit, o.DownAfter, o.RetryLast = 200*time.Millisecond, 2, 50*time.Millisecond
	var dead memory
	o.DeadLetters = &dead
	r := start(t, s, o)
	r.connected()
	t.Cleanup(func() { a.delete(q) })
	a.publish(q, numbers(0, 40)...)
	eventually(t, "all are dead letters", func() bool { return dead.Load() == 40 })
	r.stop()
	if n := a.count(q); n != 0 {
		t.Errorf("%d are in the queue and among the dead letters", n)
	}
}

// TestVerdictsAfterACancelledConsumer: the broker ends the consumer, and the channel
// lives, so what is finished is acknowledged.
func TestVerdictsAfterACancelledConsumer(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	hold, begun := make(chan struct{}), make(chan struct{})
	s := &sink{deliver: func(_ context.Context, batch []string) error {
		if batch[0] == "0" {
			close(begun)
			<-hold
		}
		return nil
	}}
	r := start(t, s, options(t, q))
	r.connected()
	a.publish(q, numbers(0, 1)...)
	<-begun
	a.delete(q)
	time.Sleep(300 * time.Millisecond) // until the broker has said so
	close(hold)
	eventually(t, "the verdict", func() bool { return r.Stats().Done == 1 })
	eventually(t, "another session", func() bool { return r.Stats().Epoch == 2 })
	if st := r.Stats(); st.Stale != 0 || st.Failures[broker.CauseCancelled] != 1 {
		t.Errorf("stats: %+v", st)
	}
}

func TestOneValueThatFailsDoesNotStopTheOthers(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	a.declare(q)
	a.publish(q, numbers(0, 5)...)
	s := &sink{deliver: func(_ context.Context, batch []string) error {
		if batch[0] == "3" {
			return errors.New("not this one")
		}
		return nil
	}}
	o := options(t, q)
	o.HoldLimit, o.Workers = 300*time.Millisecond, 4
	r := start(t, s, o)
	eventually(t, "the held one goes back and comes again", func() bool { return r.Stats().Failures[broker.CauseHeld] >= 2 })
	a.publish(q, numbers(5, 5)...)
	eventually(t, "the others", func() bool { return r.Stats().Done == 9 })
	r.stop()
}
