//go:build integration

package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// sink is a handler whose values are bodies. It remembers what it accepted.
type sink struct {
	deliver func(ctx context.Context, batch []string) error // if set, says whether to accept

	mu  sync.Mutex
	got []string
}

func (s *sink) Parse(d *consumer.Delivery) (string, error) {
	if strings.HasPrefix(string(d.Body), "poison") {
		return "", errors.New("that is poison")
	}
	return string(d.Body), nil
}

func (s *sink) Key(v string) uint64 {
	n, _ := strconv.ParseUint(v, 10, 64)
	return n % 10
}

func (s *sink) Deliver(ctx context.Context, batch []string) error {
	if s.deliver != nil {
		if err := s.deliver(ctx, batch); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, batch...)
	return nil
}

func (s *sink) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// has says whether each of the numbers below n was accepted at least once.
func (s *sink) has(n int) bool {
	seen := map[string]bool{}
	for _, v := range s.all() {
		seen[v] = true
	}
	for i := range n {
		if !seen[strconv.Itoa(i)] {
			return false
		}
	}
	return true
}

// numbers are n messages with the bodies from, from+1 and so on.
func numbers(from, n int) []amqp.Publishing {
	var m []amqp.Publishing
	for i := range n {
		m = append(m, amqp.Publishing{Body: []byte(strconv.Itoa(from + i)), DeliveryMode: amqp.Persistent})
	}
	return m
}

// running is a consumer at work.
type running struct {
	*consumer.Consumer[string]
	tb     testing.TB
	cancel context.CancelFunc
	result chan error
}

// options are those of most tests: an own queue, and little patience.
func options(tb testing.TB, queue string) consumer.Options {
	return consumer.Options{
		Brokers:    brokers(brokerURL(tb)),
		Name:       queue,
		Queue:      consumer.Queue{Name: queue, Durable: true},
		RetryFirst: 20 * time.Millisecond,
		RetryLast:  200 * time.Millisecond,
		RPCTimeout: 5 * time.Second,
		Grace:      5 * time.Second,
	}
}

func start(tb testing.TB, h consumer.Handler[string], o consumer.Options) *running {
	tb.Helper()
	c, err := consumer.New(h, o)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Consumer: c, tb: tb, cancel: cancel, result: make(chan error, 1)}
	go func() { r.result <- c.Run(ctx) }()
	tb.Cleanup(func() { r.stop() })
	return r
}

// stop ends it; asked again it does nothing.
func (r *running) stop() {
	r.tb.Helper()
	r.cancel()
	if err, ok := <-r.result; ok {
		close(r.result)
		if err != nil {
			r.tb.Errorf("Run: %v", err)
		}
	}
}

// fails waits for Run to give up.
func (r *running) fails() *consumer.FatalError {
	r.tb.Helper()
	var err error
	select {
	case err = <-r.result:
		close(r.result)
	case <-time.After(30 * time.Second):
		r.tb.Fatal("Run has not given up")
	}
	var fatal *consumer.FatalError
	if !errors.As(err, &fatal) {
		r.tb.Fatalf("Run: %v, should be a FatalError", err)
	}
	r.tb.Logf("Run: %v", err)
	return fatal
}

func (r *running) connected() {
	r.tb.Helper()
	eventually(r.tb, "connected", func() bool { return r.Stats().Connected })
}

func TestEverythingArrivesInOrderAndIsAcknowledged(t *testing.T) {
	a, api := newAdmin(t), newAPI(t)
	q := a.queueName()
	s := &sink{}
	o := options(t, q)
	o.Product, o.Version = "kojiwatch-test", "1.2.3"
	o.Queue.SingleActive = true
	o.Bindings = []consumer.Binding{{Exchange: "amq.topic", Keys: []string{q + ".a.#", q + ".*.b"}}}
	r := start(t, s, o)
	r.connected()
	for i := range 500 {
		key := q + []string{".a.x.y", ".z.b"}[i%2]
		if err := a.ch.PublishWithContext(t.Context(), "amq.topic", key, true, false, numbers(i, 1)[0]); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "500 values", func() bool { return len(s.all()) == 500 })
	for i, v := range s.all() {
		if v != strconv.Itoa(i) {
			t.Fatalf("value %d is %s", i, v)
		}
	}
	var own []connection
	eventually(t, "the connection is listed", func() bool { own = api.connections(q); return len(own) == 1 })
	for property, want := range map[string]string{"product": "kojiwatch-test", "version": "1.2.3", "platform": "Go"} {
		if got := own[0].ClientProperties[property]; got != want {
			t.Errorf("client property %s is %v, should be %s", property, got, want)
		}
	}
	r.stop()
	if n := a.count(q); n != 0 {
		t.Errorf("%d messages are back in the queue", n)
	}
	st := r.Stats()
	if st.Done != 500 || st.Deliveries != 500 || st.Epoch != 1 || st.Again+st.Stale+st.Dead != 0 || st.Connected || st.InFlight != 0 {
		t.Errorf("stats: %+v", st)
	}
	if time.Since(st.LastDelivery) > time.Minute {
		t.Errorf("last delivery at %s", st.LastDelivery)
	}
}

func TestStopLeavesTheRestToTheBroker(t *testing.T) {
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			a := newAdmin(t)
			q := a.queueName()
			a.declare(q)
			a.publish(q, numbers(0, 50)...)
			begun, proceed := make(chan struct{}, 50), make(chan struct{})
			s := &sink{deliver: func(context.Context, []string) error {
				begun <- struct{}{}
				<-proceed
				return nil
			}}
			o := options(t, q)
			o.Workers, o.Batch = workers, 1
			r := start(t, s, o)
			for range workers {
				<-begun
			}
			r.cancel()
			time.Sleep(100 * time.Millisecond)
			close(proceed)
			r.stop()
			if got := len(s.all()); got != workers {
				t.Errorf("%d delivered, should be the %d in hand", got, workers)
			}
			if n := a.count(q); n != 50-workers {
				t.Errorf("%d messages are in the queue, should be %d", n, 50-workers)
			}
			if st := r.Stats(); st.Done != uint64(workers) || st.Again != st.Deliveries-st.Done || st.Stale != 0 {
				t.Errorf("stats: %+v", st)
			}
		})
	}
}

func TestGraceAndAbortEndAWaitForTheSink(t *testing.T) {
	leavesNothingRunning(t)
	for _, abort := range []bool{false, true} {
		t.Run(fmt.Sprint("abort ", abort), func(t *testing.T) {
			a := newAdmin(t)
			q := a.queueName()
			a.declare(q)
			a.publish(q, numbers(0, 3)...)
			begun := make(chan struct{}, 3)
			s := &sink{deliver: func(ctx context.Context, _ []string) error {
				begun <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}}
			o := options(t, q)
			o.Grace = 50 * time.Millisecond
			if abort {
				o.Grace = time.Hour
			}
			r := start(t, s, o)
			<-begun
			r.cancel()
			if abort {
				r.CloseNow()
			}
			r.stop()
			if n := a.count(q); n != 3 {
				t.Errorf("%d messages are in the queue, should be all 3", n)
			}
		})
	}
}

func TestVerdictsAfterALostConnectionAreStale(t *testing.T) {
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	a.declare(q)
	a.publish(q, numbers(0, 10)...)
	begun, proceed := make(chan struct{}, 100), make(chan struct{})
	s := &sink{deliver: func(ctx context.Context, _ []string) error {
		begun <- struct{}{}
		select {
		case <-proceed:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	o := options(t, q)
	o.Brokers = brokers(p.url())
	o.Batch = 1
	r := start(t, s, o)
	<-begun
	eventually(t, "all 10 are in hand", func() bool { return r.Stats().InFlight == 10 })
	p.cut()
	eventually(t, "the loss is seen", func() bool { return !r.Stats().Connected })
	if n := len(s.all()); n != 0 {
		t.Fatalf("%d delivered already", n)
	}
	time.Sleep(50 * time.Millisecond)
	if r.Stats().Epoch != 1 {
		t.Error("a new session began while the old one had a value in hand")
	}
	close(proceed)
	eventually(t, "all 10 again", func() bool { return len(s.all()) == 11 && r.Stats().Done == 10 })
	r.stop()
	if got, want := strings.Join(s.all(), ""), "0"+"0123456789"; got != want {
		t.Errorf("delivered %s, should be %s", got, want)
	}
	st := r.Stats()
	if st.Stale != 1 || st.Again != 10 || st.Failures[broker.CauseConnectionLost] != 1 || st.Redelivered != 10 {
		t.Errorf("stats: %+v", st)
	}
	if n := a.count(q); n != 0 {
		t.Errorf("%d messages are left in the queue", n)
	}
}

func TestNothingIsLostOverManyLostConnections(t *testing.T) {
	for _, workers := range []int{1, 8} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			leavesNothingRunning(t)
			a, p := newAdmin(t), newProxy(t, nil)
			q := a.queueName()
			a.declare(q)
			s := &sink{deliver: func(context.Context, []string) error {
				time.Sleep(200 * time.Microsecond)
				return nil
			}}
			o := options(t, q)
			o.Brokers, o.Workers, o.Prefetch = brokers(p.url()), workers, 50
			r := start(t, s, o)
			const rounds, each = 25, 100
			for round := range rounds {
				a.publish(q, numbers(round*each, each)...)
				eventually(t, "a session that works", func() bool {
					st := r.Stats()
					return st.Connected && st.Epoch > uint64(round)
				})
				time.Sleep(time.Duration(round) * time.Millisecond)
				p.cut()
			}
			eventually(t, "every number", func() bool { return s.has(rounds * each) })
			drained := func() bool {
				st := r.Stats()
				return st.Connected && st.InFlight == 0 && a.count(q) == 0
			}
			eventually(t, "every verdict", func() bool {
				if !drained() {
					return false
				}
				time.Sleep(100 * time.Millisecond) // some may have been on their way
				return drained()
			})
			r.stop()
			if n := a.count(q); n != 0 {
				t.Errorf("%d messages are left in the queue", n)
			}
			inOrder(t, s.all())
			t.Logf("stats: %+v", r.Stats())
		})
	}
}

// inOrder looks at each key's first occurrences: what the broker delivers again
// may come again, but nothing may overtake.
func inOrder(t *testing.T, values []string) {
	t.Helper()
	highest := map[int]int{}
	for _, v := range values {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatal(err)
		}
		key := n % 10
		if last, ok := highest[key]; ok && n > last+10 {
			t.Fatalf("%d came after %d: what is between comes late", n, last)
		}
		highest[key] = max(highest[key], n)
	}
}

func TestAnOperatorClosingTheConnectionIsSurvived(t *testing.T) {
	a, api := newAdmin(t), newAPI(t)
	q := a.queueName()
	s := &sink{}
	r := start(t, s, options(t, q))
	r.connected()
	eventually(t, "the connection is closed", func() bool { return api.kill(q) > 0 })
	eventually(t, "a new session", func() bool { return r.Stats().Epoch == 2 && r.Stats().Connected })
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
	if st := r.Stats(); st.Failures[broker.CauseConnectionLost] != 1 {
		t.Errorf("failures: %v", st.Failures)
	}
}

func TestABrokerThatHangsIsLeft(t *testing.T) {
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	s := &sink{}
	o := options(t, q)
	o.Brokers = brokers(p.url(), brokerURL(t))
	o.DialTimeout = 2 * time.Second
	p.freeze(true)
	r := start(t, s, o)
	r.connected()
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value, from the other broker", func() bool { return s.has(1) })
	if p.dials() == 0 {
		t.Error("the one that hangs was not tried")
	}
}

// TestAHangAtAnyPointIsSurvived has the broker fall silent after so many bytes:
// somewhere in the login, the declarations or the first deliveries.
func TestAHangAtAnyPointIsSurvived(t *testing.T) {
	for after := 1; after < 1400; after += 100 {
		t.Run(fmt.Sprint("after ", after, " bytes"), func(t *testing.T) {
			t.Parallel()
			a, p := newAdmin(t), newProxy(t, nil)
			q := a.queueName()
			a.declare(q)
			a.publish(q, numbers(0, 20)...)
			s := &sink{}
			o := options(t, q)
			o.Brokers = brokers(p.url())
			o.DialTimeout, o.RPCTimeout, o.Heartbeat = time.Second, time.Second, 2*time.Second
			o.Bindings = []consumer.Binding{{Exchange: "amq.topic", Keys: []string{q + ".a", q + ".b"}}}
			p.stall(after)
			r := start(t, s, o)
			eventually(t, "all values", func() bool { return s.has(20) })
			r.stop()
			if p.dials() < 2 {
				t.Error("the one connection that fell silent was enough")
			}
		})
	}
}

func TestAHangInTheMiddleEndsWithTheHeartbeat(t *testing.T) {
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	s := &sink{}
	o := options(t, q)
	o.Brokers, o.Heartbeat = brokers(p.url()), 2*time.Second
	r := start(t, s, o)
	r.connected()
	p.freeze(true)
	eventually(t, "the hang is noticed", func() bool { return r.Stats().Failures[broker.CauseConnectionLost] == 1 })
	p.freeze(false)
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
}

func TestAStopDoesNotWaitForABrokerThatHangs(t *testing.T) {
	leavesNothingRunning(t)
	a, p := newAdmin(t), newProxy(t, nil)
	q := a.queueName()
	o := options(t, q)
	o.Brokers, o.Grace, o.RPCTimeout = brokers(p.url()), 100*time.Millisecond, time.Hour
	r := start(t, &sink{}, o)
	r.connected()
	p.freeze(true)
	r.stop() // or the test never ends
	p.freeze(false)
}
