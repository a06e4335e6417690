package daemon

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// slowSink takes its time for each batch.
type slowSink struct {
	takes  time.Duration
	stuck  bool // it does not heed the end of its context
	got    atomic.Int64
	closed bool
}

func (s *slowSink) Send(ctx context.Context, events []*event.Event) error {
	if s.stuck {
		time.Sleep(s.takes)
		s.got.Add(int64(len(events)))
		return nil
	}
	select {
	case <-time.After(s.takes):
		s.got.Add(int64(len(events)))
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slowSink) Close() error {
	s.closed = true
	return nil
}

// stageOf is the generation of a sink, with a filter that turns away what is not about
// a tag.
func stageOf(t *testing.T, sink sinks.Sink) *generation {
	t.Helper()
	c := config.Default()
	s := config.NewSink("out", config.SinkStdout)
	s.Filter.Types = []string{string(event.Tag)}
	f, err := pipeline.NewFiltered(c, &s, &pipeline.MeasuredSink{Sink: sink, Events: metrics.NewEvents(prometheus.NewRegistry())})
	if err != nil {
		t.Fatal(err)
	}
	return &generation{all: c, config: &s, sink: sink, filtered: f}
}

// TestSlotSwap swaps a sink while it has something in hand.
func TestSlotSwap(t *testing.T) {
	for name, test := range map[string]struct {
		sink     *slowSink
		swapped  error         // what the swap says
		after    time.Duration // how long it takes
		sent     error         // what becomes of what is in hand
		received [2]int64      // by the old sink and the new one, of one event before and one after
	}{
		"which it finishes":       {&slowSink{takes: 2 * time.Second}, nil, 2 * time.Second, nil, [2]int64{1, 1}},
		"which is broken off":     {&slowSink{takes: time.Hour}, nil, 10 * time.Second, context.Canceled, [2]int64{0, 1}},
		"which it keeps":          {&slowSink{takes: time.Hour, stuck: true}, errHanging, 15 * time.Second, nil, [2]int64{2, 0}},
		"which ends in last time": {&slowSink{takes: 12 * time.Second, stuck: true}, nil, 12 * time.Second, nil, [2]int64{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				before, next := test.sink, &slowSink{}
				o := newSinkSlot(stageOf(t, before))
				batch := []*event.Event{{Type: event.Tag}, {Type: event.Untag}}
				sent := make(chan error, 2)
				go func() { sent <- o.Send(t.Context(), batch) }()
				synctest.Wait()
				began := time.Now()
				swapped := make(chan error, 1)
				go func() { swapped <- o.swap(t.Context(), 10*time.Second, stageOf(t, next)) }()
				synctest.Wait()
				go func() { sent <- o.Send(t.Context(), batch) }() // has to wait
				if err := <-swapped; !errors.Is(err, test.swapped) || time.Since(began) != test.after {
					t.Errorf("the swap: %v after %s; want %v after %s", err, time.Since(began), test.swapped, test.after)
				}
				first, second := <-sent, <-sent
				if !errors.Is(first, test.sent) && !errors.Is(second, test.sent) {
					t.Errorf("sent: %v, %v; want %v for the first", first, second, test.sent)
				}
				if got := [2]int64{before.got.Load(), next.got.Load()}; got != test.received {
					t.Errorf("received %v, want %v", got, test.received)
				}
				if kept := test.swapped != nil; before.closed == kept || next.closed != kept {
					t.Errorf("closed: the old %v, the new %v", before.closed, next.closed)
				}
			})
		})
	}
}

// TestSlotInherits has counts and memory go on over a swap.
func TestSlotInherits(t *testing.T) {
	sink := &slowSink{}
	o := newSinkSlot(stageOf(t, sink))
	send := func() {
		if err := o.Send(t.Context(), []*event.Event{{Type: event.Untag}}); err != nil {
			t.Fatal(err)
		}
	}
	send()
	if err := o.swap(t.Context(), time.Second, stageOf(t, sink)); err != nil {
		t.Fatal(err)
	}
	send()
	if got := o.generation().filtered.Turned()["types"]; got != 2 {
		t.Errorf("%d turned away, want 2", got)
	}
	if sink.closed {
		t.Error("a sink that goes on was closed")
	}
}

// pacedSink notes when it got events.
type pacedSink struct {
	slowSink
	pace *sinks.Pace
}

func (s *pacedSink) Pace() *sinks.Pace { return s.pace }

func (s *pacedSink) Send(ctx context.Context, events []*event.Event) error {
	if err := s.pace.Wait(ctx); err != nil {
		return err
	}
	return s.slowSink.Send(ctx, events)
}

// TestSlotKeepsPace has a sink's messages stay apart over a swap, which breaks one
// off that waits.
func TestSlotKeepsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newSinkSlot(stageOf(t, &pacedSink{pace: sinks.NewPace(time.Hour)}))
		batch := []*event.Event{{Type: event.Tag}}
		began := time.Now()
		if err := o.Send(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		broken := make(chan error, 1)
		go func() { broken <- o.Send(t.Context(), batch) }()
		synctest.Wait()
		next := &pacedSink{pace: sinks.NewPace(time.Hour)}
		if err := o.swap(t.Context(), 10*time.Second, stageOf(t, next)); err != nil {
			t.Fatal(err)
		}
		if err := <-broken; !errors.Is(err, context.Canceled) {
			t.Errorf("what waited: %v, want that it was broken off", err)
		}
		if err := o.Send(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("the second message came after %s, want an hour", took)
		}
	})
}
