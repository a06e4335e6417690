package daemon

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"github.com/rs/zerolog"
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
	watchdog   time.Duration // systemd waits this long for a sign of life; 0: it does not wait
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
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return nil, nil //nolint:nilnil // nobody is there to be told
	}
	watchdog, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		return nil, fmt.Errorf("WATCHDOG_USEC and WATCHDOG_PID: %w", err)
	}
	return &service{watchdog: watchdog, supervisor: d.supervisor, log: d.common.logs.Logger}, nil
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
func (s *service) reloading() {
	if s != nil && s.ready.Load() {
		s.notify(systemd.SdNotifyReloading + "\n" + systemd.SdNotifyMonotonicUsec())
	}
}

func (s *service) reloaded() {
	if s != nil && s.ready.Load() {
		s.notify(systemd.SdNotifyReady)
	}
}

func (s *service) run(ctx context.Context, ending <-chan struct{}) {
	period := statusPeriod
	if s.watchdog > 0 {
		period = min(period, s.watchdog/4)
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
			s.notify(systemd.SdNotifyStopping)
		case <-tick.C:
			s.tell()
		}
	}
}

// tell says what is new since the last time.
func (s *service) tell() {
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
		s.notify("STATUS=" + strings.ReplaceAll(status, "\n", "; "))
	}
	if !s.ready.Load() && !s.ending && (err == nil || time.Since(s.started) > startPatience) {
		s.ready.Store(true)
		s.notify(systemd.SdNotifyReady)
	}
	if s.watchdog > 0 && time.Since(s.beat) > s.watchdog/4 {
		s.beat = time.Now()
		s.notify(systemd.SdNotifyWatchdog)
	}
}

// notify sends a state to systemd, and logs the first failure to do so.
func (s *service) notify(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil && !s.broken.Swap(true) {
		s.log.Warn().Err(err).Msg("cannot notify systemd")
	}
}
