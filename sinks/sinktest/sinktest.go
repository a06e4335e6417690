// Package sinktest holds every sink to the contract of [sinks.Sink]. A sink's
// test gives it the sink and the world's end of it, and calls [Run].
package sinktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// World is a sink with the place it sends to.
type World struct {
	// Sink is the sink, ready to be sent to. The suite closes it.
	Sink sinks.Sink
	// Arrived returns the ids of the events that have arrived so far, in
	// order, those that came twice twice.
	Arrived func() []string
	// Close takes away what stands around the sink; nil if nothing does. It is
	// called after the sink was closed, before goroutines are counted.
	Close func()

	// Fail has the next n attempts to send fail for a reason that passes.
	Fail func(n int)
	// Refuse has the place refuse an event for good. nil if it never does.
	Refuse func(id string)
	// Hold has the place take nothing until release is called. nil if there is
	// no way to wait for it.
	Hold func() (release func())

	// Concurrent says that Send may be called by several goroutines at once.
	Concurrent bool
}

// patience bounds the wait for what should happen at once.
const patience = 20 * time.Second

// Run runs the suite; create makes a fresh world for each of its tests.
func Run(t *testing.T, create func(t *testing.T) *World) {
	t.Helper()
	sample := create(t)
	for _, test := range sample.cases() {
		t.Run(test.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			w := create(t)
			test.run(t, w)
			w.end(t)
			if err := goleak.Find(before); err != nil {
				t.Errorf("the sink is closed and leaves something behind: %v", err)
			}
		})
	}
	sample.end(t)
}

type testCase struct {
	name string
	run  func(t *testing.T, w *World)
}

// cases are the tests that make sense in such a world.
func (w *World) cases() []testCase {
	cases := []testCase{
		{"order", order},
		{"order per key", orderPerKey},
		{"nothing", nothing},
		{"retry", retry},
		{"bounded memory", boundedMemory},
	}
	if w.Refuse != nil {
		cases = append(cases, testCase{"permanent failure", permanentFailure})
	}
	if w.Hold != nil {
		cases = append(cases, testCase{"slow receiver", slowReceiver}, testCase{"cancel", cancelled})
	}
	if w.Concurrent {
		cases = append(cases, testCase{"many at once", manyAtOnce})
	}
	return cases
}

func (w *World) end(t *testing.T) {
	t.Helper()
	if err := w.Sink.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if w.Close != nil {
		w.Close()
	}
}

// Events makes events about one task each, with ids from their numbers.
func Events(from, n int) []*event.Event {
	list := make([]*event.Event, n)
	for i := range list {
		list[i] = &event.Event{
			ID: fmt.Sprintf("event-%06d", from+i), Type: event.TaskStateChange, Dialect: event.Protonmsg,
			Topic: "koji.task.closed", Instance: "test", Old: "OPEN", New: "CLOSED",
			ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
			Summary:    fmt.Sprintf("build %d closed after 12 min", from+i),
			URL:        fmt.Sprintf("https://koji.example.com/koji/taskinfo?taskID=%d", from+i),
			Task:       &koji.Task{ID: int64(from + i + 1), Method: "build", Request: koji.Request{Package: "zsh"}},
		}
	}
	return list
}

func ids(events []*event.Event) []string {
	list := make([]string, len(events))
	for i, e := range events {
		list[i] = e.ID
	}
	return list
}

// unique drops what came again.
func unique(list []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// wantArrived compares what arrived, repetitions aside, with what should have.
func wantArrived(t *testing.T, w *World, want []string) {
	t.Helper()
	got := w.Arrived()
	if first := unique(got); !slices.Equal(first, want) {
		t.Errorf("%d events arrived (%d with repetitions), want %d in their order:\n%s", len(first), len(got), len(want), strings.Join(first[:min(len(first), 20)], " "))
	}
}

// send sends as the daemon would: again until it works, for as long as the
// failure is not final. What of a batch has arrived is not sent again.
func send(ctx context.Context, s sinks.Sink, events []*event.Event) error {
	for {
		err := s.Send(ctx, events)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if each, ok := errors.AsType[*sinks.BatchError](err); ok {
			var left []*event.Event
			for i, e := range events[:len(each.Errs)] {
				if _, final := delivery.Reason(each.Errs[i]); final {
					return err
				}
				if each.Errs[i] != nil {
					left = append(left, e)
				}
			}
			events = append(left, events[len(each.Errs):]...)
		}
		if _, final := delivery.Reason(err); final {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}
