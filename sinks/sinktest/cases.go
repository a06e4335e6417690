package sinktest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// order checks that events arrive once each, in the order in which they were sent.
func order(t *testing.T, w *World) {
	events := Events(0, 60)
	for batch := range slices.Chunk(events, 7) {
		if err := w.Sink.Send(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.Arrived(); !slices.Equal(got, ids(events)) {
		t.Errorf("arrived: %v", got)
	}
}

// orderPerKey checks that the events about each task arrive in order, when batches of
// several tasks are sent and retried as the daemon does it, and some attempts fail.
func orderPerKey(t *testing.T, w *World) {
	const tasks, size = 3, 5
	events := Events(0, 60)
	for i, e := range events {
		e.Task.ID = int64(i%tasks + 1)
	}
	n := 0
	for batch := range slices.Chunk(events, size) {
		if n++; n%3 == 0 {
			w.Fail(1)
		}
		if err := send(t.Context(), w.Sink, batch); err != nil {
			t.Fatal(err)
		}
	}
	got := unique(w.Arrived())
	if len(got) != len(events) {
		t.Fatalf("%d of %d arrived", len(got), len(events))
	}
	for task := range tasks {
		var own []string
		for _, id := range got {
			var i int
			if _, err := fmt.Sscanf(id, "event-%d", &i); err == nil && i%tasks == task {
				own = append(own, id)
			}
		}
		if !slices.IsSorted(own) {
			t.Errorf("task %d: %v", task, own)
		}
	}
}

// nothing checks that sending no events is not an error and delivers nothing.
func nothing(t *testing.T, w *World) {
	if err := w.Sink.Send(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if got := w.Arrived(); len(got) > 0 {
		t.Errorf("arrived: %v", got)
	}
}

// retry checks that a temporary failure is not a refusal, and that the same events arrive
// in order when they are sent again.
func retry(t *testing.T, w *World) {
	events := Events(0, 5)
	w.Fail(2)
	for range 2 {
		err := w.Sink.Send(t.Context(), events)
		if err == nil {
			t.Fatal("the receiver failed, but Send returned nil")
		}
		if reason, final := delivery.Reason(err); final {
			t.Fatalf("a temporary failure is a refusal (%s): %v", reason, err)
		}
	}
	if err := send(t.Context(), w.Sink, events); err != nil {
		t.Fatal(err)
	}
	wantArrived(t, w, ids(events))
}

// permanentFailure checks that an event that the receiver refuses gives a refusal with a
// reason, and that later events arrive.
func permanentFailure(t *testing.T, w *World) {
	events := Events(0, 3)
	w.Refuse(events[1].ID)
	for i, e := range events {
		err := w.Sink.Send(t.Context(), []*event.Event{e})
		reason, final := delivery.Reason(err)
		if refused := i == 1; refused != final {
			t.Errorf("event %d: refusal is %t: %v", i, final, err)
		}
		if final && (reason == "" || err.Error() == "") {
			t.Errorf("refused with the reason %q: %v", reason, err)
		}
		if !final && err != nil {
			t.Error(err)
		}
	}
	wantArrived(t, w, []string{events[0].ID, events[2].ID})
}

// slowReceiver checks that Send does not return before the receiver has the event.
func slowReceiver(t *testing.T, w *World) {
	events := Events(0, 1)
	release := w.Hold()
	done := make(chan error, 1)
	go func() { done <- w.Sink.Send(t.Context(), events) }()
	select {
	case err := <-done:
		t.Errorf("Send returned before the receiver accepted the event: %v", err)
		release()
		return
	case <-time.After(50 * time.Millisecond):
	}
	release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantArrived(t, w, ids(events))
}

// cancelled checks that Send returns soon after its context ends, with an error that is
// not a refusal.
func cancelled(t *testing.T, w *World) {
	release := w.Hold()
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Sink.Send(ctx, Events(0, 1)) }()
	time.Sleep(20 * time.Millisecond)
	cancel()
	select {
	case err := <-done:
		if err == nil {
			t.Error("Send was cancelled, but returned nil")
		}
		if reason, final := delivery.Reason(err); final {
			t.Errorf("the end of the context is a refusal (%s): %v", reason, err)
		}
	case <-time.After(patience):
		t.Fatal("Send does not return when its context ends")
	}
}

// manyAtOnce checks that no event of concurrent senders is lost, and that the events of
// each sender arrive in order.
func manyAtOnce(t *testing.T, w *World) {
	const senders, each = 8, 25
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for _, e := range Events(i*each, each) {
				if err := send(t.Context(), w.Sink, []*event.Event{e}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got := unique(w.Arrived())
	if len(got) != senders*each {
		t.Fatalf("%d of %d arrived", len(got), senders*each)
	}
	for i := range senders {
		var own []string
		for _, id := range got {
			var n int
			if _, err := fmt.Sscanf(id, "event-%d", &n); err == nil && n/each == i {
				own = append(own, id)
			}
		}
		if !slices.IsSorted(own) {
			t.Errorf("sender %d: %v", i, own)
		}
	}
}

// mayGrow bounds the memory that a sink may retain, in bytes.
const mayGrow = 8 << 20

// boundedMemory checks that a sink does not retain the events it has sent.
func boundedMemory(t *testing.T, w *World) {
	const rounds, size = 40, 256 << 10
	before := heap()
	for i := range rounds {
		e := Events(i, 1)[0]
		e.Summary = string(slices.Repeat([]byte("x"), size))
		if err := w.Sink.Send(t.Context(), []*event.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	if after := heap(); after > before+mayGrow {
		t.Errorf("the heap grew from %d to %d bytes while %d went through", before, after, rounds*size)
	}
	runtime.KeepAlive(w)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
