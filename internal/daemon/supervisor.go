package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// supervisor is the pipelines of all sinks, which run at once. Only a reload changes it.
type supervisor struct {
	mu                sync.Mutex
	pipelines         []*runningPipeline // in the order of the configuration
	stoppingPipelines []*runningPipeline
	running           sync.WaitGroup
	errs              []error
}

// runningPipeline is a pipeline of the supervisor.
type runningPipeline struct {
	*sinkPipeline
	cancel context.CancelFunc
	ended  chan struct{}
}

// list returns the pipelines at the moment.
func (s *supervisor) list() []*runningPipeline {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pipelines)
}

// set makes pipelines the supervisor; they run already.
func (s *supervisor) set(pipelines []*runningPipeline) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pipelines = pipelines
}

// ready says which sinks cannot work, and why.
func (s *supervisor) ready() error {
	pipelines := s.list()
	if len(pipelines) == 0 {
		return errors.New("kojiwatch starts")
	}
	var errs []error
	for _, m := range pipelines {
		errs = append(errs, m.ready())
	}
	return errors.Join(errs...)
}

// start runs a pipeline until ctx ends or it leaves. Failed is called if it ends
// with an error.
func (s *supervisor) start(ctx context.Context, l *sinkPipeline, failed func()) *runningPipeline {
	ctx, cancel := context.WithCancel(ctx)
	m := &runningPipeline{l, cancel, make(chan struct{})}
	s.running.Go(func() {
		defer close(m.ended)
		defer cancel()
		err := l.run(ctx)
		if err == nil {
			return
		}
		s.mu.Lock()
		s.errs = append(s.errs, err)
		s.mu.Unlock()
		failed()
	})
	return m
}

// stop has pipelines end that are not wanted any more and waits for them, but not
// for those whose sinks hang.
func (s *supervisor) stop(ctx context.Context, pipelines []*runningPipeline, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for _, m := range pipelines {
		m.cancel()
	}
	var errs []error
	for _, m := range pipelines {
		select {
		case <-m.ended:
		case <-ctx.Done():
			s.mu.Lock()
			s.stoppingPipelines = append(s.stoppingPipelines, m)
			s.mu.Unlock()
			errs = append(errs, fmt.Errorf("sink %s: %w", m.name, errHanging))
		}
	}
	return errors.Join(errs...)
}

// stopping reports whether a sink of that name was dismissed and has not ended.
func (s *supervisor) stopping(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stoppingPipelines = slices.DeleteFunc(s.stoppingPipelines, func(m *runningPipeline) bool {
		select {
		case <-m.ended:
			return true
		default:
			return false
		}
	})
	return slices.ContainsFunc(s.stoppingPipelines, func(m *runningPipeline) bool { return m.name == name })
}

// wait waits for the end of all pipelines, whose context has ended. Each ends by
// itself in its grace time, unless its sink hangs in a call that nothing can break
// off, like a write to a pipe without a reader.
func (s *supervisor) wait(grace time.Duration) error {
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	timer := time.NewTimer(grace + lastGrace)
	defer timer.Stop()
	select {
	case <-ended:
		return errors.Join(s.errs...)
	case <-timer.C:
		return errHanging
	}
}
