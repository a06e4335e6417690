package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// fleet is the lines of all sinks, which run at once. Only a reload changes it.
type fleet struct {
	mu      sync.Mutex
	lines   []*member // in the order of the configuration
	leaving []*member
	running sync.WaitGroup
	errs    []error
}

// member is a line of the fleet.
type member struct {
	*line
	cancel context.CancelFunc
	ended  chan struct{}
}

// list returns the lines at the moment.
func (f *fleet) list() []*member {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.lines)
}

// set makes members the fleet; they run already.
func (f *fleet) set(members []*member) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = members
}

// ready says which sinks cannot work, and why.
func (f *fleet) ready() error {
	members := f.list()
	if len(members) == 0 {
		return errors.New("kojiwatch starts")
	}
	var errs []error
	for _, m := range members {
		errs = append(errs, m.ready())
	}
	return errors.Join(errs...)
}

// launch runs a line until ctx ends or it leaves. Failed is called if it ends
// with an error.
func (f *fleet) launch(ctx context.Context, l *line, failed func()) *member {
	ctx, cancel := context.WithCancel(ctx)
	m := &member{l, cancel, make(chan struct{})}
	f.running.Go(func() {
		defer close(m.ended)
		defer cancel()
		err := l.run(ctx)
		if err == nil {
			return
		}
		f.mu.Lock()
		f.errs = append(f.errs, err)
		f.mu.Unlock()
		failed()
	})
	return m
}

// dismiss has lines end that are not wanted any more and waits for them, but not
// for those whose sinks hang.
func (f *fleet) dismiss(ctx context.Context, members []*member, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for _, m := range members {
		m.cancel()
	}
	var errs []error
	for _, m := range members {
		select {
		case <-m.ended:
		case <-ctx.Done():
			f.mu.Lock()
			f.leaving = append(f.leaving, m)
			f.mu.Unlock()
			errs = append(errs, fmt.Errorf("sink %s: %w", m.name, errHanging))
		}
	}
	return errors.Join(errs...)
}

// lingers reports whether a sink of that name was dismissed and has not ended.
func (f *fleet) lingers(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.leaving = slices.DeleteFunc(f.leaving, func(m *member) bool {
		select {
		case <-m.ended:
			return true
		default:
			return false
		}
	})
	return slices.ContainsFunc(f.leaving, func(m *member) bool { return m.name == name })
}

// wait waits for the end of all lines, whose context has ended. Each ends by
// itself in its grace time, unless its sink hangs in a call that nothing can break
// off, like a write to a pipe that nobody reads.
func (f *fleet) wait(grace time.Duration) error {
	ended := make(chan struct{})
	go func() {
		f.running.Wait()
		close(ended)
	}()
	timer := time.NewTimer(grace + lastGrace)
	defer timer.Stop()
	select {
	case <-ended:
		return errors.Join(f.errs...)
	case <-timer.C:
		return errHanging
	}
}
