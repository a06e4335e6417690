// Package sinktest tests an implementation of [sinks.Sink] against its contract. A sink's
// test calls [Run] with a function that creates the sink and a receiver.
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

// World is a sink and the receiver it sends to.
type World struct {
	// Sink is the sink under test. Run closes it.
	Sink sinks.Sink
	// Arrived returns the ids of the events that have arrived so far, in order, including
	// duplicates.
	Arrived func() []string
	// Close, if not nil, closes the receiver. It is called after the sink is closed and
	// before the check for leaked goroutines.
	Close func()

	// Fail makes the next n attempts to send fail with a temporary error.
	Fail func(n int)
	// Refuse makes the receiver refuse an event permanently; nil if it cannot.
	Refuse func(id string)
	// Hold makes the receiver accept nothing until release is called; nil if it cannot.
	Hold func() (release func())

	// Concurrent means that several goroutines may call Send at once.
	Concurrent bool
}

// patience bounds waiting for something that should happen immediately.
const patience = 20 * time.Second

// Run runs all tests. It calls create for a new world for each of them.
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
				t.Errorf("the closed sink leaks goroutines: %v", err)
			}
		})
	}
	sample.end(t)
}

type testCase struct {
	name string
	run  func(t *testing.T, w *World)
}

// cases returns the tests that the world supports.
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

// Events returns n events about one task each, numbered from from.
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

// unique returns list without duplicates.
func unique(list []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool {
		again := seen[id]
		seen[id] = true
		return again
	})
}

// wantArrived checks that the events in want have arrived in order, ignoring duplicates.
func wantArrived(t *testing.T, w *World, want []string) {
	t.Helper()
	got := w.Arrived()
	if first := unique(got); !slices.Equal(first, want) {
		t.Errorf("%d events arrived (%d with duplicates), want %d in order:\n%s", len(first), len(got), len(want), strings.Join(first[:min(len(first), 20)], " "))
	}
}

// send sends as the daemon does: it retries until all events are delivered or one is
// refused. It does not send delivered events of a batch again.
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
