package daemon

import (
	"context"
	"errors"
	"os"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// reloads puts changed configurations into effect, one after the other.
type reloads struct {
	file     string // "" has nothing to reload
	hangups  <-chan os.Signal
	watch    *watch // nil: nobody looks after the file
	current  atomic.Pointer[config.Config]
	daemon   *daemon
	metrics  *metrics.Reloads
	log      *zerolog.Logger
	requests chan chan<- reloaded
	ended    chan struct{}
	failed   atomic.Pointer[string] // why the file is not in effect; nil: it is
}

// reloaded is the result of a reload.
type reloaded struct {
	changes changes
	err     error
}

var (
	errNoFile = errors.New("kojiwatch runs without a configuration file: there is nothing to reload")
	errEnding = errors.New("kojiwatch ends")
)

func newReloads(c *config.Config, opts Options, d *daemon) *reloads {
	r := &reloads{
		file: opts.File, hangups: opts.Hangups, daemon: d, log: &d.common.logs.Logger, metrics: metrics.NewReloads(d.common.registry),
		requests: make(chan chan<- reloaded), ended: make(chan struct{}),
	}
	if opts.Watch {
		r.watch = newWatch(opts.File, c)
	}
	r.current.Store(c)
	return r
}

// config is the configuration that is in effect.
func (r *reloads) config() *config.Config { return r.current.Load() }

// run reloads when a hang-up, a request or a changed file asks for it, until ctx
// ends. At a hang-up files are opened anew, too, for that is how programs that
// rotate logs ask for it.
func (r *reloads) run(ctx context.Context) {
	defer close(r.ended)
	look, end := r.watch.ticks()
	defer end()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.hangups:
			r.daemon.supervisor.reopen()
			if r.file != "" {
				r.reload(ctx)
			}
		case answer := <-r.requests:
			answer <- r.reload(ctx)
		case <-look:
			if r.watch.changed(r.config()) {
				r.reload(ctx)
			}
		}
	}
}

// request has a reload done and says in words what it changed.
func (r *reloads) request(ctx context.Context) (string, error) {
	if r.file == "" {
		return "", errNoFile
	}
	answer := make(chan reloaded, 1)
	select {
	case r.requests <- answer:
	case <-ctx.Done():
		return "", ctx.Err()
	case <-r.ended:
		return "", errEnding
	}
	done := <-answer
	return done.changes.String(), done.err
}

// reload reads the file and puts what it says into effect; a file with a mistake
// changes nothing.
func (r *reloads) reload(ctx context.Context) reloaded {
	r.daemon.service.reloading()
	defer r.daemon.service.reloaded()
	done := r.change(ctx)
	r.metrics.Ended(done.err, len(done.changes.waiting) > 0)
	r.failed.Store(nil)
	if done.err != nil {
		text := done.err.Error()
		r.failed.Store(&text)
	}
	switch {
	case done.err == nil:
		line := r.log.Info().Str("file", r.file)
		done.changes.log(line)
		line.Msg("configuration reloaded")
	case errors.Is(done.err, errHanging):
		r.log.Error().Err(done.err).Str("file", r.file).Msg("configuration reloaded, but not for every sink")
	default:
		r.log.Error().Err(done.err).Str("file", r.file).Msg("configuration not reloaded; the previous one stays in effect")
	}
	if len(done.changes.waiting) > 0 {
		r.log.Warn().Strs("keys", done.changes.waiting).Msg("some changes need a restart of kojiwatch")
	}
	return done
}

func (r *reloads) change(ctx context.Context) reloaded {
	next, err := sinkbuild.LoadConfig(r.file)
	if err != nil {
		return reloaded{err: err}
	}
	p := &reloadPlan{supervisor: r.daemon.supervisor, common: r.daemon.common, config: next}
	p.keep(r.config())
	if err := p.make(); err != nil {
		return reloaded{err: errors.Join(err, p.discard())}
	}
	err = p.apply(ctx)
	r.current.Store(next)
	return reloaded{p.changes, err}
}

// reopener is a sink whose file may be moved away by another program.
type reopener interface{ Reopen() }

// reopen has sinks open their files anew.
func (s *supervisor) reopen() {
	for _, m := range s.list() {
		if sink, ok := m.slot.generation().sink.(reopener); ok {
			m.log.Info().Msg("reopening the file")
			sink.Reopen()
		}
	}
}
