package listen

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// fakeSession is a session that tests connect and disconnect.
type fakeSession struct {
	mu    sync.Mutex
	stats consumer.Stats
}

func (s *fakeSession) Run(ctx context.Context) error { <-ctx.Done(); return nil }

func (s *fakeSession) Stats() consumer.Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

func (s *fakeSession) set(connected bool, epoch uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats = consumer.Stats{Connected: connected, Epoch: epoch}
}

// newListener returns a listener for events of task 1, connected in session 1.
func newListener() (*Listener, *fakeSession) {
	s := &fakeSession{}
	s.set(true, 1)
	l := &Listener{consumer: s, woken: make(chan struct{}, 1), epoch: 1}
	l.matches = func(e *event.Event) bool { return e.Task != nil && e.Task.ID == 1 }
	return l, s
}

func (l *Listener) deliver(t *testing.T, id string) {
	t.Helper()
	h := handler{l, parse.New(parse.Options{})}
	body := `{"attribute": "state", "old": "OPEN", "new": "CLOSED", "info": {"id": ` + id + `, "method": "build"}}`
	e, err := h.Parse(&consumer.Delivery{RoutingKey: "koji.task.closed", Properties: message.Properties{Headers: map[string]any{"type": "TaskStateChange"}}, Body: []byte(body)})
	if err == nil {
		err = h.Deliver(t.Context(), []*event.Event{e})
	}
	if err != nil {
		t.Error(err)
	}
}

// TestWait: each reason to look, and how long it takes until one is there.
func TestWait(t *testing.T) {
	const pause = 5 * time.Second
	for name, tt := range map[string]struct {
		meanwhile func(t *testing.T, l *Listener, s *fakeSession) // after a second
		least     time.Duration
		most      time.Duration
	}{
		"an event of interest": {
			func(t *testing.T, l *Listener, _ *fakeSession) { l.deliver(t, "1") }, time.Second, time.Second,
		},
		"several at once count once": {
			func(t *testing.T, l *Listener, _ *fakeSession) { l.deliver(t, "1"); l.deliver(t, "1") }, time.Second, time.Second,
		},
		"another event": {
			func(t *testing.T, l *Listener, _ *fakeSession) { l.deliver(t, "2") }, silent, silent + step,
		},
		"what is no message of Koji": {
			func(t *testing.T, l *Listener, _ *fakeSession) { l.deliver(t, `"x`) }, silent, silent + step,
		},
		"nothing": {func(*testing.T, *Listener, *fakeSession) {}, silent, silent + step},
		"the broker has gone": {
			func(_ *testing.T, _ *Listener, s *fakeSession) { s.set(false, 1) }, pause, pause + step,
		},
		"it is back: something may have been missed": {
			func(_ *testing.T, _ *Listener, s *fakeSession) { s.set(true, 2) }, time.Second, time.Second + step,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, s := newListener()
				begun := time.Now()
				go func() {
					time.Sleep(time.Second)
					tt.meanwhile(t, l, s)
				}()
				l.Wait(t.Context(), pause)
				if took := time.Since(begun); took < tt.least || took > tt.most {
					t.Errorf("it took %v", took)
				}
				synctest.Wait()
			})
		})
	}
}

// TestWaitTwice: one look is enough for each session, and for each event.
func TestWaitTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newListener()
		s.set(true, 2)
		l.deliver(t, "1")
		begun := time.Now()
		l.Wait(t.Context(), time.Second)
		l.Wait(t.Context(), time.Second)
		if took := time.Since(begun); took > 2*step {
			t.Errorf("it took %v for an event and a new session", took)
		}
		l.Wait(t.Context(), time.Second)
		if took := time.Since(begun); took < silent {
			t.Errorf("it ended after %v without a reason", took)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _ := newListener()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun := time.Now()
		l.Wait(ctx, time.Hour)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func TestReady(t *testing.T) {
	for name, tt := range map[string]struct {
		after time.Duration // until it is connected
		want  time.Duration
		epoch uint64
	}{"soon": {3 * time.Second, 3 * time.Second, 7}, "not in time": {time.Hour, 10 * time.Second, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, s := newListener()
				s.set(false, 0)
				l.epoch = 0
				timer := time.AfterFunc(tt.after, func() { s.set(true, 7) })
				defer timer.Stop()
				begun := time.Now()
				l.Ready(t.Context(), 10*time.Second)
				if took := time.Since(begun); took < tt.want || took > tt.want+step || l.epoch != tt.epoch {
					t.Errorf("it took %v, session %d", took, l.epoch)
				}
			})
		})
	}
}

// TestOptions: what all sinks consume is consumed, from a queue that nothing is left of.
func TestOptions(t *testing.T) {
	c, err := config.Parse("kojiwatch.yaml", []byte(`
broker: {url: amqp://guest:guest@localhost/, connection_name: ci}
state_dir: /var/lib/kojiwatch
sinks:
  - {name: a, type: stdout, queue: {name: kept}, topics: [koji.task.#]}
  - {name: b, type: stdout, exchange: other, topics: [koji.build.#, koji.tag]}
`), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	o := Options(c, "wait")
	if q := o.Queue; q.Name != "" || !q.Exclusive || !q.AutoDelete || o.DeadQueue != "" || o.AttemptsFile != "" {
		t.Errorf("it leaves something: %+v", o)
	}
	var got []string
	for _, b := range o.Bindings {
		got = append(got, b.Exchange+": "+strings.Join(b.Keys, " "))
	}
	if text := strings.Join(got, "; "); text != "amq.topic: koji.task.#; other: koji.build.# koji.tag" || o.Name != "ci wait" {
		t.Errorf("%s consumes %s", o.Name, text)
	}
	l, err := New(o, func(*event.Event) bool { return true })
	if err != nil || l.consumer.Stats().Connected {
		t.Errorf("%v, %v", l, err)
	}
}

// TestNoDeadLetters: nothing can become one.
func TestNoDeadLetters(t *testing.T) {
	if err := (ignored{}).Put(t.Context(), consumer.DeadLetter{}); err == nil {
		t.Error("a dead letter is taken")
	}
	if _, err := New(consumer.Options{}, nil); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a consumer without a broker: %v", err)
	}
}
