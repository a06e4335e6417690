//go:build integration

package consumer_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

// TestBacklog counts what waits for a sink that hangs, and the dead letters.
func TestBacklog(t *testing.T) { // not parallel: others have goroutines, too
	leavesNothingRunning(t)
	a := newAdmin(t)
	q := a.queueName()
	open := make(chan struct{})
	s := &sink{deliver: func(ctx context.Context, _ []string) error {
		select {
		case <-open:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	o := options(t, q)
	o.BacklogPeriod, o.Prefetch = 50*time.Millisecond, 5
	r := start(t, s, o)
	eventually(t, "an empty queue is known to be so", func() bool {
		b := r.Stats().Backlog
		return b.Known() && b.Messages == 0
	})
	a.publish(q, slices.Concat(numbers(0, 20), []amqp.Publishing{{Body: []byte("poison")}, {Body: []byte("poison")}})...)
	eventually(t, "what the sink has not got", func() bool { return r.Stats().Backlog.Messages == 17 })
	close(open)
	eventually(t, "nothing waits, and the dead letters do", func() bool {
		st := r.Stats()
		return st.Backlog.Known() && st.Backlog.Messages == 0 && st.DeadLetters.Messages == 2
	})
	if e := r.Stats().LastError; e.At.IsZero() || e.Text != "dead letter (unparseable): that is poison" {
		t.Errorf("the last error is %+v", e)
	}
	r.stop()
	if st := r.Stats(); st.Backlog.Known() || st.DeadLetters.Known() || st.Queue != q || st.Broker == "" || st.Since.IsZero() {
		t.Errorf("after the end: %+v", st)
	}
}

// TestBacklogOfAQueueThatTheBrokerNames, which no other connection may look at.
func TestBacklogOfAQueueThatTheBrokerNames(t *testing.T) {
	t.Parallel()
	o := options(t, "")
	o.Name, o.BacklogPeriod = "exclusive", 50*time.Millisecond
	o.Queue = consumer.Queue{Exclusive: true, AutoDelete: true}
	o.DeadLetters = &nowhere{}
	r := start(t, &sink{}, o)
	eventually(t, "a count", func() bool { return r.Stats().Backlog.Known() })
	if st := r.Stats(); st.DeadLetters.Known() || st.Queue == "" {
		t.Errorf("got %+v", st)
	}
}

// nowhere is where no dead letter is expected.
type nowhere struct{}

func (*nowhere) Put(context.Context, consumer.DeadLetter) error { return errors.New("a dead letter") }

// TestARefusedCountHurtsNothing: one queue is missing, and its count is all that is.
func TestARefusedCountHurtsNothing(t *testing.T) {
	t.Parallel()
	a := newAdmin(t)
	q := a.queueName()
	a.declare(q)
	s := &sink{}
	o := options(t, q)
	o.Declare, o.BacklogPeriod = consumer.None, 50*time.Millisecond // and so there is no dead-letter queue
	r := start(t, s, o)
	eventually(t, "a count of the queue", func() bool { return r.Stats().Backlog.Known() })
	a.publish(q, numbers(0, 10)...)
	eventually(t, "all values", func() bool { return s.has(10) })
	first := r.Stats().Backlog.At
	eventually(t, "another count", func() bool { return r.Stats().Backlog.At.After(first) })
	if st := r.Stats(); st.Epoch != 1 || st.DeadLetters.Known() || !st.LastError.At.IsZero() {
		t.Errorf("got %+v", st)
	}
}

// TestNoChannelToSpare: a broker that ends the connection for one channel too many
// loses it once.
func TestNoChannelToSpare(t *testing.T) {
	t.Parallel()
	v := rig.Broker(t)
	const user = "one-channel"
	v.AddUser(t, user, "secret", rabbit.Everything())
	if err := v.Admin().Call(t.Context(), http.MethodPut, map[string]int{"value": 1}, nil, "user-limits", user, "max-channels"); err != nil {
		t.Fatal(err)
	}
	s := &sink{}
	o := options(t, "q")
	o.Brokers, o.BacklogPeriod = brokers(v.URLAs(user, "secret")), 20*time.Millisecond
	o.DeadLetters = &nowhere{}
	r := start(t, s, o)
	eventually(t, "a second session", func() bool { st := r.Stats(); return st.Epoch == 2 && st.Connected })
	time.Sleep(10 * o.BacklogPeriod)
	if st := r.Stats(); st.Epoch != 2 || !st.Connected || st.Backlog.Known() || st.Failures[broker.CauseConnectionLost] != 1 {
		t.Errorf("got %+v", st)
	}
}
