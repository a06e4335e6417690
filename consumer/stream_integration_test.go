//go:build integration

package consumer_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer"
)

// streamOptions are those of a consumer that reads a stream from its beginning.
func streamOptions(t *testing.T, queue string) consumer.Options {
	o := options(t, queue)
	o.Queue.Type = amqp.QueueTypeStream
	o.Prefetch, o.Batch = 50, 10
	o.Stream = consumer.StreamOptions{From: "first", PositionFile: filepath.Join(t.TempDir(), "state", "sink.stream.json")}
	return o
}

// stream makes a stream and returns its name.
func (a *admin) stream(arguments amqp.Table) string {
	a.tb.Helper()
	name := a.queueName()
	if arguments == nil {
		arguments = amqp.Table{}
	}
	arguments[amqp.QueueTypeArg] = amqp.QueueTypeStream
	if _, err := a.ch.QueueDeclare(name, true, false, false, false, arguments); err != nil {
		a.tb.Fatal(err)
	}
	return name
}

// once fails the test unless the sink got the numbers from..to-1, each once and in order.
func (s *sink) once(t *testing.T, from, to int) {
	t.Helper()
	var want []string
	for i := from; i < to; i++ {
		want = append(want, strconv.Itoa(i))
	}
	if got := s.all(); !slices.Equal(got, want) {
		t.Errorf("got %d values, want each from %d to %d once: %.300q", len(got), from, to-1, got)
	}
}

// TestStreamGoesOn: a restart goes on where reading stopped, in the middle of what is in
// hand, and what was read stays in the stream.
func TestStreamGoesOn(t *testing.T) {
	leavesNothingRunning(t)
	const n = 3000
	a := newAdmin(t)
	queue := a.stream(nil)
	a.publish(queue, numbers(0, n)...)
	s := &sink{}
	o := streamOptions(t, queue)
	for stop := n / 5; stop <= n; stop += n / 5 {
		r := start(t, s, o)
		eventually(t, "some are read", func() bool { return len(s.all()) >= stop })
		r.stop()
	}
	s.once(t, 0, n)
	other := &sink{}
	r := start(t, other, streamOptions(t, queue))
	eventually(t, "another one reads it all", func() bool { return len(other.all()) >= n })
	r.stop()
	other.once(t, 0, n)
}

// TestStreamBegins at all the places that a stream has.
func TestStreamBegins(t *testing.T) {
	a := newAdmin(t)
	queue := a.stream(nil)
	a.publish(queue, numbers(0, 5)...)
	time.Sleep(1100 * time.Millisecond) // the broker is told whole seconds
	between := time.Now()
	a.publish(queue, numbers(5, 5)...)
	for name, test := range map[string]struct {
		from any
		want int // the first one
	}{
		"first":             {"first", 0},
		"next":              {"next", 10},
		"unset":             {nil, 10},
		"an offset":         {int64(7), 7},
		"beyond the end":    {int64(700), 10},
		"a time":            {between, 5},
		"a time to come":    {time.Now().Add(time.Hour), 10},
		"a time before all": {time.Now().Add(-time.Hour), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := streamOptions(t, queue)
			o.Stream.From = test.from
			s := &sink{}
			r := start(t, s, o)
			eventually(t, "it reads", func() bool { return r.Stats().Connected })
			r.stop() // where it begins is known, whether anything was read or not
			r = start(t, s, o)
			newAdmin(t).publish(queue, numbers(100, 1)...)
			eventually(t, "it reads on", func() bool { return slices.Contains(s.all(), "100") })
			r.stop()
			if got := s.all()[0]; got != strconv.Itoa(test.want) && test.want < 10 || test.want == 10 && len(got) < 3 {
				t.Errorf("the first is %s, want %d", got, test.want)
			}
		})
	}
}

// TestStreamWithFailures: what fails is read again after a restart, and nothing else; what
// can never succeed becomes a dead letter.
func TestStreamWithFailures(t *testing.T) {
	leavesNothingRunning(t)
	const n = 500
	a := newAdmin(t)
	queue := a.stream(nil)
	a.publish(queue, numbers(0, n)...)
	a.publish(queue, amqp.Publishing{Body: []byte("poison")})
	var works atomic.Bool
	s := &sink{deliver: func(_ context.Context, batch []string) error {
		if !works.Load() && slices.ContainsFunc(batch, func(v string) bool { return v == "13" || v == "113" }) {
			return errors.New("not now")
		}
		return nil
	}}
	o := streamOptions(t, queue)
	o.Workers, o.Batch = 4, 1
	r := start(t, s, o)
	// All with another last digit, and those with a 3 before the first that fails.
	eventually(t, "all others are read", func() bool { return len(s.all()) == n-n/10+1 && a.count(queue+".dead") == 1 })
	r.stop()
	works.Store(true)
	r = start(t, s, o)
	eventually(t, "all are read", func() bool { return len(s.all()) >= n })
	r.stop()
	if got := s.all(); !s.has(n) || len(got) != n {
		t.Errorf("got %d values, want each of %d once", len(got), n)
	}
	if dead := a.count(queue + ".dead"); dead != 1 {
		t.Errorf("%d dead letters", dead)
	}
}

// TestStreamSessions: what is in hand when a session is lost is not read again if it gets
// its verdict.
func TestStreamSessions(t *testing.T) {
	leavesNothingRunning(t)
	const n = 2000
	a := newAdmin(t)
	queue := a.stream(nil)
	link := newProxy(t, nil)
	o := streamOptions(t, queue)
	o.Brokers = brokers(link.url())
	s := &sink{}
	r := start(t, s, o)
	for i := range 10 {
		a.publish(queue, numbers(i*n/10, n/10)...)
		eventually(t, "some are read", func() bool { return len(s.all()) > i*n/10 })
		link.cut()
	}
	eventually(t, "all are read", func() bool { return len(s.all()) >= n })
	if r.Stats().Epoch < 5 {
		t.Errorf("%d sessions", r.Stats().Epoch)
	}
	r.stop()
	s.once(t, 0, n)
}

// TestStreamStandby: of two consumers for one sink one reads, and the other goes on where
// that stopped.
func TestStreamStandby(t *testing.T) {
	leavesNothingRunning(t)
	a := newAdmin(t)
	queue := a.stream(nil)
	o := streamOptions(t, queue)
	s := &sink{}
	one := start(t, s, o)
	a.publish(queue, numbers(0, 300)...)
	eventually(t, "the first one reads", func() bool { return len(s.all()) >= 300 })
	other := start(t, s, o)
	eventually(t, "the second one stands by", func() bool { return other.Stats().Standby })
	a.publish(queue, numbers(300, 300)...)
	eventually(t, "the first one goes on", func() bool { return len(s.all()) >= 600 })
	if stats := other.Stats(); stats.Deliveries > 0 || stats.Connected {
		t.Errorf("the second one does not stand by: %+v", stats)
	}
	one.stop()
	a.publish(queue, numbers(600, 300)...)
	eventually(t, "the second one takes over", func() bool { return len(s.all()) >= 900 })
	if other.Stats().Standby {
		t.Error("it still stands by")
	}
	other.stop()
	s.once(t, 0, 900)
}

// TestStreamKnownByHandler: where the handler knows up to where it has read, reading begins
// before that, and what was dropped since is missed; if the stream is another one, the handler
// is told, and reads it from its beginning.
func TestStreamKnownByHandler(t *testing.T) {
	a := newAdmin(t)
	queue := a.stream(nil)
	a.publish(queue, numbers(0, 100)...)
	o := streamOptions(t, queue)
	var renewed atomic.Int32
	o.Stream = consumer.StreamOptions{From: "first", Read: 60, Again: 40, Renewed: func() { renewed.Add(1) }}
	s := &sink{}
	r := start(t, s, o)
	eventually(t, "it reads to the end", func() bool { return len(s.all()) >= 60 })
	r.stop()
	s.once(t, 40, 100)
	if n, missed := renewed.Load(), r.Stats().Missed; n != 0 || missed != 0 {
		t.Errorf("the stream counts as renewed %d times, %d messages as missed", n, missed)
	}
	a.delete(queue)
	if _, err := a.ch.QueueDeclare(queue, true, false, false, false, amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeStream}); err != nil {
		t.Fatal(err)
	}
	a.publish(queue, numbers(200, 50)...) // it reaches what is read again, but not what was read
	other := &sink{}
	r = start(t, other, o)
	eventually(t, "the other one is read", func() bool { return len(other.all()) >= 50 })
	r.stop()
	other.once(t, 200, 250)
	if n, missed := renewed.Load(), r.Stats().Missed; n != 1 || missed != 0 {
		t.Errorf("the stream counts as renewed %d times, %d messages as missed", n, missed)
	}
}

// TestStreamDropsUnread: messages that the stream dropped before they were read are counted,
// and those that are left are read.
func TestStreamDropsUnread(t *testing.T) {
	a := newAdmin(t)
	queue := a.stream(amqp.Table{"x-max-length-bytes": int64(20_000), "x-stream-max-segment-size-bytes": int64(5_000)})
	o := streamOptions(t, queue)
	o.Declare, o.DeadQueue = consumer.Passive, queue+".dead"
	if _, err := a.ch.QueueDeclare(o.DeadQueue, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	s := &sink{}
	a.publish(queue, numbers(0, 10)...)
	r := start(t, s, o)
	eventually(t, "the first are read", func() bool { return len(s.all()) >= 10 })
	r.stop()
	for i := 10; i < 5000; i += 10 { // small chunks, for small segments
		a.publish(queue, numbers(i, 10)...)
	}
	r = start(t, s, o)
	eventually(t, "the last is read", func() bool { return slices.Contains(s.all(), "4999") })
	missed, read := int(r.Stats().Missed), len(s.all())
	r.stop()
	o.Stream = consumer.StreamOptions{Read: 10, Again: 5}
	r = start(t, s, o)
	eventually(t, "it is read as the handler knows", func() bool { return len(s.all()) >= 2*read-10 })
	if again := int(r.Stats().Missed); again != missed {
		t.Errorf("the handler has read up to the same offset, and misses %d, not %d", again, missed)
	}
	r.stop()
	// There is one offset that is no message in every file of the stream.
	if missed == 0 || missed+read < 5000 || missed+read > 5500 {
		t.Errorf("%d read and %d missed of 5000", read, missed)
	}
}

// TestStreamIsAnotherOne: a stream that was deleted and made anew is read from its
// beginning, whoever made it.
func TestStreamIsAnotherOne(t *testing.T) {
	a := newAdmin(t)
	queue := a.stream(nil)
	o := streamOptions(t, queue)
	s := &sink{}
	a.publish(queue, numbers(0, 100)...)
	r := start(t, s, o)
	eventually(t, "it is read", func() bool { return len(s.all()) >= 100 })
	r.stop()
	a.delete(queue)
	if _, err := a.ch.QueueDeclare(queue, true, false, false, false, amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeStream}); err != nil {
		t.Fatal(err)
	}
	a.publish(queue, numbers(100, 20)...)
	r = start(t, s, o)
	eventually(t, "the other one is read", func() bool { return len(s.all()) >= 120 })
	a.delete(queue) // and the session ends, and the next one makes it
	eventually(t, "it is made anew", func() bool { return r.Stats().Epoch > 1 && r.Stats().Connected })
	a.publish(queue, numbers(120, 5)...)
	eventually(t, "that one is read, too", func() bool { return len(s.all()) >= 125 })
	r.stop()
	s.once(t, 0, 125)
}

// TestStreamEnd: reading ends when all before the end has its verdict.
func TestStreamEnd(t *testing.T) {
	leavesNothingRunning(t)
	a := newAdmin(t)
	queue := a.stream(nil)
	a.publish(queue, numbers(0, 1000)...)
	o := streamOptions(t, queue)
	o.Stream.End, o.Workers = 700, 4
	s := &sink{}
	c, err := consumer.New(s, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.all(); !s.has(700) || len(got) != 700 {
		t.Errorf("%d read, want 700", len(got))
	}
	if _, err := a.ch.QueueDeclarePassive(queue+".dead", true, false, false, false, nil); err != nil {
		t.Error(err)
	}
}

// TestNoStream: a queue of another kind is not read as a stream.
func TestNoStream(t *testing.T) {
	a := newAdmin(t)
	queue := a.queueName()
	a.declare(queue)
	a.publish(queue, numbers(0, 3)...)
	o := streamOptions(t, queue)
	if fatal := start(t, &sink{}, o).fails(); fatal.Hint == "" {
		t.Errorf("no hint: %v", fatal)
	}
	o.Declare, o.DeadQueue, o.Stream.From = consumer.Passive, queue+".dead", "last"
	if fatal := start(t, &sink{}, o).fails(); fatal.Hint == "" {
		t.Errorf("no hint: %v", fatal)
	}
	if n := a.count(queue); n != 3 {
		t.Errorf("the queue holds %d messages, want 3", n)
	}
	a.declare(queue + ".dead") // for the end to delete
}
