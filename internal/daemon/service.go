package daemon

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/sdnotify"
)

const (
	// statusPeriod is the pause between status messages to systemd, and how often a
	// start looks whether it is done.
	statusPeriod = time.Second
	// startPatience bounds how long a start waits for the brokers. One that is away is
	// no reason for a service to fail: it then is up and waits.
	startPatience = 20 * time.Second
)

// service notifies systemd while the daemon runs: that it is up once every sink
// consumes, how things are, and signs of life. A consumer is asked for these
// under the lock that everything it does takes, so one that is stuck gives none,
// and systemd starts the daemon anew.
type service struct {
	notifier   *sdnotify.Notifier
	supervisor *supervisor
	log        zerolog.Logger
	started    time.Time
	ready      atomic.Bool // it was told
	ending     bool
	status     string
	beat       time.Time
	broken     atomic.Bool // what went wrong with telling was logged
}

// newService is nil unless systemd started the daemon.
func newService(d *daemon) (*service, error) {
	notifier, err := sdnotify.New(os.LookupEnv)
	if err != nil || notifier == nil {
		return nil, err
	}
	return &service{notifier: notifier, supervisor: d.supervisor, log: d.common.logs.Logger}, nil
}

// start tells systemd how the daemon is doing, and that it ends when ctx does,
// until the returned function is called.
func (s *service) start(ctx context.Context) (end func()) {
	if s == nil {
		return func() {}
	}
	s.started = time.Now()
	until, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var told sync.WaitGroup
	told.Go(func() { s.run(until, ctx.Done()) })
	return func() {
		cancel()
		told.Wait()
	}
}

// reloading tells systemd that the daemon reads its configuration again, and
// reloaded that it has; before it is up, nobody wants to know.
func (s *service) reloading(ctx context.Context) {
	if s != nil && s.ready.Load() {
		s.note(s.notifier.Reloading(ctx))
	}
}

func (s *service) reloaded(ctx context.Context) {
	if s != nil && s.ready.Load() {
		s.note(s.notifier.Ready(ctx))
	}
}

func (s *service) run(ctx context.Context, ending <-chan struct{}) {
	period := statusPeriod
	if w := s.notifier.Watchdog(); w > 0 {
		period = min(period, w/4)
	}
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ending:
			ending = nil
			s.ending = true
			s.note(s.notifier.Stopping(ctx))
		case <-tick.C:
			s.tell(ctx)
		}
	}
}

// tell says what is new since the last time.
func (s *service) tell(ctx context.Context) {
	status := "consuming"
	err := s.supervisor.ready()
	switch {
	case s.ending:
		status = "finishing what is in hand"
	case err != nil:
		status = err.Error()
	}
	if status != s.status {
		s.status = status
		s.note(s.notifier.Status(ctx, status))
	}
	if !s.ready.Load() && !s.ending && (err == nil || time.Since(s.started) > startPatience) {
		s.ready.Store(true)
		s.note(s.notifier.Ready(ctx))
	}
	if w := s.notifier.Watchdog(); w > 0 && time.Since(s.beat) > w/4 {
		s.beat = time.Now()
		s.note(s.notifier.Alive(ctx))
	}
}

// note logs the first thing that goes wrong with telling.
func (s *service) note(err error) {
	if err != nil && !s.broken.Swap(true) {
		s.log.Warn().Err(err).Msg("cannot notify systemd")
	}
}
