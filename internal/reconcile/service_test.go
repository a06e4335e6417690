package reconcile

import (
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// watched is a service whose looks a test makes, at times of its own.
type watched struct {
	*Service
	stats  consumer.Stats
	memory *facts.Memory
	queue  *queue
	hub    *hubtest.Server
	gaps   []Cause
	failed error
}

func (w *watched) Gap(c Cause) { w.gaps = append(w.gaps, c) }

func (*watched) Repaired(int, int, error) {}

// watch returns the service of a sink that was last repaired at some second; below zero
// it never was.
func watch(t *testing.T, repaired int, change func(*Options)) *watched {
	t.Helper()
	w := &watched{queue: &queue{t: t}, hub: hubtest.Start(t, hubtest.Options{Data: past()})}
	memory, err := facts.Open(t.TempDir(), "out", 24*time.Hour, noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = memory.Close() })
	w.memory = memory
	if repaired >= 0 {
		if err := memory.SetWatermark(at(repaired), noon); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{
		Repair: *repairOf(t, w.hub, w.queue, "koji.#"), Memory: memory, OnStart: true, MaxAge: 24 * time.Hour,
		Delay: 10 * time.Second, Silence: time.Hour, Every: time.Hour, Log: zerolog.Nop(),
		Stats: func() consumer.Stats { return w.stats }, Observer: w, Failed: func(err error) { w.failed = err },
	}
	if change != nil {
		change(&o)
	}
	w.Service = NewService(o)
	w.stats = consumer.Stats{Epoch: 1, Connected: true, Since: at(0), Queue: "q"}
	return w
}

// looks at some seconds, and returns how many facts were told.
func (w *watched) looks(t *testing.T, seconds ...int) int {
	t.Helper()
	for _, s := range seconds {
		w.look(t.Context(), at(s))
	}
	return len(w.queue.events)
}

// TestFirstStart tells nothing of before, and what is missed from then on.
func TestFirstStart(t *testing.T) {
	w := watch(t, -1, nil)
	w.stats.NewQueue = true
	w.begin(at(28))
	if n := w.looks(t, 28, 100); n != 0 || len(w.Service.gaps.see(&w.stats)) != 0 || len(w.gaps) != 0 {
		t.Fatalf("%d facts told; gaps %v", n, w.gaps)
	}
	w.stats.Epoch = 2
	if n := w.looks(t, 101, 112); n != 13 || !slices.Equal(w.gaps, []Cause{CauseNewQueue}) {
		t.Errorf("%d facts told, want those from 12:00:28 on; gaps %v", n, w.gaps)
	}
}

// TestStartAgain: what happened while it was down is told, or left alone.
func TestStartAgain(t *testing.T) {
	w := watch(t, 0, nil)
	w.begin(at(200))
	if n := w.looks(t, 200); n != 18 || !w.memory.Watermark().Equal(at(190)) {
		t.Errorf("%d facts told, want all; repaired up to %s", n, w.memory.Watermark())
	}
	w = watch(t, 0, func(o *Options) { o.OnStart = false })
	w.begin(at(200))
	if n := w.looks(t, 200, 5000); n != 0 {
		t.Errorf("%d facts told of before the start", n)
	}
}

// TestStandby: a consumer that the broker hands nothing repairs nothing, and one that takes
// over repairs only what comes then, unless it shares the memory of the one before.
func TestStandby(t *testing.T) {
	for name, shared := range map[string]bool{"its own memory": false, "a shared one": true} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, 0, nil)
			w.begin(at(5))
			w.stats.OtherConsumers = 1
			if n := w.looks(t, 5, 4000); n != 0 {
				t.Fatalf("%d facts told by a standby", n)
			}
			if shared {
				e := &event.Event{Type: event.TaskStateChange, New: "CLOSED", ReceivedAt: at(60), Task: &koji.Task{ID: 99, Ended: at(60)}}
				if err := w.memory.Note([]*event.Event{e}, noon); err != nil {
					t.Fatal(err)
				}
			}
			w.stats.Deliveries++
			if n := w.looks(t, 4001, 9000); n > 0 != shared {
				t.Errorf("%d facts told after it took over", n)
			}
		})
	}
}

// TestBehind: what may still wait in the queue is not asked for.
func TestBehind(t *testing.T) {
	w := watch(t, 0, nil)
	w.begin(at(200))
	e := &event.Event{Type: event.TaskStateChange, New: "CLOSED", ReceivedAt: at(190), Task: &koji.Task{ID: 99, Ended: at(35)}}
	if err := w.memory.Note([]*event.Event{e}, noon); err != nil {
		t.Fatal(err)
	}
	w.stats.Backlog = consumer.Depth{Messages: 100, At: at(199)}
	if n := w.looks(t, 200); n != 4 { // up to 12:00:25, which is not in it
		t.Errorf("%d facts told of those that the sink has reached", n)
	}
}

// TestSilence: no message comes, and the hub is busy.
func TestSilence(t *testing.T) {
	w := watch(t, 0, func(o *Options) { o.Every, o.OnStart, o.Silence = 0, false, 50*time.Second })
	w.begin(at(0))
	hear := func(s int) {
		b, err := w.memory.Batch(at(s))
		if err != nil || !b.Take(&event.Event{Type: event.RPMSign}) {
			t.Fatal(err)
		}
	}
	hear(1)
	w.looks(t, 2, 40)
	if w.Silent() != nil {
		t.Error("silent after 39 seconds")
	}
	w.looks(t, 60)
	if s := w.Silent(); s == nil || s.Tasks != 2 || !s.Since.Equal(at(1)) { // one was made, one ended until 12:00:50
		t.Errorf("got %+v", s)
	}
	if n := w.looks(t, 80, 90); n == 0 || !slices.Equal(w.gaps, []Cause{CauseSilence}) {
		t.Errorf("%d facts told, gaps %v", n, w.gaps)
	}
	hear(91)
	if w.looks(t, 92); w.Silent() != nil {
		t.Error("still silent after a message")
	}
}

// TestUnknownBindings: the hub is not asked for facts of a queue that somebody else has bound.
func TestUnknownBindings(t *testing.T) {
	w := watch(t, 0, func(o *Options) { o.Bound = func() Route { return Route{Queue: "q"} } })
	w.begin(at(200))
	if n := w.looks(t, 200, 5000); n != 0 || w.hub.Stats().Requests != 0 {
		t.Errorf("%d facts told, %d requests", n, w.hub.Stats().Requests)
	}
}

// TestHubAway: a repair that fails is tried again.
func TestHubAway(t *testing.T) {
	w := watch(t, 0, nil)
	w.hub.Offline("database outage")
	w.begin(at(200))
	if n := w.looks(t, 200, 210); n != 0 || w.failed == nil {
		t.Fatalf("%d facts told, %v", n, w.failed)
	}
	w.hub.Online()
	deadline := time.Now().Add(time.Minute)
	for s := 240; w.looks(t, s) == 0 && time.Now().Before(deadline); s += 40 { // the client waits, too
		time.Sleep(100 * time.Millisecond)
	}
	if len(w.queue.events) != 18 {
		t.Errorf("%d facts told", len(w.queue.events))
	}
}
