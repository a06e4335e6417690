package reconcile

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

const (
	// lookPeriod is how often the consumer is looked at.
	lookPeriod = 2 * time.Second
	// overlap is how far before the last repair the next one begins: the hub shows what
	// a transaction did when that ends, as of when it began.
	overlap = 10 * time.Minute
	// failurePause is the pause before a repair that failed is tried again.
	failurePause = 30 * time.Second
	// never is how far away a repair is that is due at no time.
	never = 100 * 365 * 24 * time.Hour
)

// Options say when a sink's gaps are repaired.
type Options struct {
	Repair
	Memory *facts.Memory
	// Bound says how the sink's queue is bound at the moment. Nil: as Repair says.
	Bound func() Route
	// Stats is what the sink's consumer says of itself.
	Stats func() consumer.Stats
	// OnStart repairs what was missed before the start, and Every what was missed since
	// the last time, found to be a gap or not; 0 is never.
	OnStart bool
	Every   time.Duration
	// MaxAge bounds how far back a repair goes, and Delay is how long a message has to
	// come by itself.
	MaxAge, Delay time.Duration
	// Silence is how long no message comes before the hub is asked whether it is busy.
	Silence  time.Duration
	Observer Observer
	Failed   func(error) // is told how each repair went
	Log      zerolog.Logger
}

// Observer counts.
type Observer interface {
	Gap(Cause)
	Repaired(found, sent int, err error)
}

// Service finds and repairs the gaps of one sink while it runs.
type Service struct {
	o       Options
	gaps    gaps
	cause   Cause     // of the repair that is due
	due     time.Time // not before
	fresh   bool      // the sink has never been told anything: a new queue is none that was lost
	floor   time.Time // what happened before is none of ours
	asked   time.Time // when the hub was asked whether it is busy
	standby time.Time // since when another consumer has had the queue; zero: it has not
	silent  atomic.Pointer[Silence]
}

// Silence says that no message has come for a time in which the hub was busy.
type Silence struct {
	Since time.Time
	Tasks int // that were made or ended meanwhile
}

// String says so.
func (s *Silence) String() string {
	return fmt.Sprintf("no message has come since %s, although the hub made or ended %d tasks", s.Since.UTC().Format(time.RFC3339), s.Tasks)
}

// silentRemedy says what an operator may look for.
const silentRemedy = "look whether the hub's messaging plugin can publish, and to the exchange that the queue is bound to; " +
	"RabbitMQ 4.3 and later refuse Koji's protonmsg unless rabbitmq.conf has deprecated_features.permit.amqp_address_v1 = true"

// NewService returns a service that does not run yet.
func NewService(o Options) *Service {
	o.Repair.Memory = o.Memory
	return &Service{o: o}
}

// Silent returns whether the hub is busy and no message comes; nil if some do.
func (s *Service) Silent() *Silence {
	if s == nil {
		return nil
	}
	return s.silent.Load()
}

// Run looks for gaps and repairs them until ctx ends.
func (s *Service) Run(ctx context.Context) {
	s.begin(time.Now())
	t := time.NewTicker(lookPeriod)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.look(ctx, time.Now())
		case <-ctx.Done():
			return
		}
	}
}

// begin decides from when on facts are ours: from the first start on, or from this one
// if those before do not matter.
func (s *Service) begin(now time.Time) {
	s.due = now.Add(s.every())
	s.fresh = s.o.Memory.Watermark().IsZero()
	if s.fresh || !s.o.OnStart {
		s.skip(now)
		return
	}
	s.due = now
}

func (s *Service) every() time.Duration {
	if s.o.Every == 0 {
		return never
	}
	return s.o.Every
}

// skip leaves alone what happened before now.
func (s *Service) skip(now time.Time) {
	s.floor = now
	if err := s.o.Memory.SetWatermark(now, now); err != nil {
		s.o.Failed(err)
	}
}

// look finds gaps, and repairs what is due.
func (s *Service) look(ctx context.Context, now time.Time) {
	stats := s.o.Stats()
	for _, cause := range s.gaps.see(&stats) {
		if stats.Epoch > 1 || !s.fresh {
			s.found(cause, now)
		}
	}
	if !s.isOurs(now) {
		return
	}
	if s.o.Bound != nil {
		s.o.Route = s.o.Bound()
	}
	if len(s.o.Route.Topics) == 0 {
		return // nobody knows what the queue is bound for
	}
	s.listen(ctx, now)
	if !now.Before(s.due) {
		s.repair(ctx, now, &stats)
	}
}

// found notes a gap, which is repaired once all messages of its time have had theirs.
func (s *Service) found(cause Cause, now time.Time) {
	s.o.Observer.Gap(cause)
	s.o.Log.Info().Str("cause", string(cause)).Msg("messages may have been missed; the hub will be asked for what they told")
	if due := now.Add(s.o.Delay); s.cause == "" {
		s.cause, s.due = cause, due
	}
}

// isOurs reports whether this process consumes the queue. One that takes over from
// another, whose memory it does not share, knows nothing of what that was told: it
// repairs only what happens from then on.
func (s *Service) isOurs(now time.Time) bool {
	switch active := s.gaps.active(); {
	case !active && s.gaps.before.Connected && s.standby.IsZero():
		s.standby = now
	case active && !s.standby.IsZero():
		if !s.o.Memory.Reached().After(s.standby) {
			s.skip(now)
			s.o.Log.Info().Msg("another consumer had the queue until now, with a state folder of its own; gaps of before are left to it")
		}
		s.standby = time.Time{}
	}
	return s.gaps.active()
}

// listen asks the hub whether it is busy, if no message has come for long.
func (s *Service) listen(ctx context.Context, now time.Time) {
	last := later(s.o.Memory.Heard(), s.gaps.before.Since)
	if now.Sub(last) < s.o.Silence || !s.o.Route.wantsAny(taskTopics()...) {
		if s.silent.Swap(nil) != nil {
			s.o.Log.Info().Msg("messages come again")
		}
		return
	}
	if now.Sub(s.asked) < s.o.Silence {
		return
	}
	s.asked = now
	n, err := busy(ctx, s.o.API, last, now.Add(-s.o.Delay))
	if s.o.Failed(err); err != nil || n == 0 {
		return
	}
	silent := &Silence{last, n}
	if s.silent.Swap(silent) == nil {
		s.o.Log.Warn().Str("remedy", silentRemedy).Msg(silent.String())
		s.found(CauseSilence, now)
	} else if s.cause == "" {
		s.cause, s.due = CauseSilence, now
	}
}

// busy returns how many tasks were made or ended in a time.
func busy(ctx context.Context, api kojirpc.API, from, to time.Time) (int, error) {
	made, err := api.CountTasks(ctx, kojirpc.TaskFilter{CreatedAfter: from, CreatedBefore: to})
	if err != nil {
		return 0, err
	}
	ended, err := api.CountTasks(ctx, kojirpc.TaskFilter{
		States:        []koji.TaskState{koji.TaskClosed, koji.TaskFailed, koji.TaskCanceled},
		CompleteAfter: from, CompleteBefore: to,
	})
	return made + ended, err
}

// repair repairs all since the last time. What still waits in the queue is not asked for.
func (s *Service) repair(ctx context.Context, now time.Time, stats *consumer.Stats) {
	from, to := s.span(now, stats.Backlog)
	s.due = now.Add(s.every())
	if !from.Before(to) {
		s.due = now.Add(lookPeriod)
		return
	}
	r := s.o.Repair
	r.Route.Queue = stats.Queue // which the broker may have named
	mark := s.o.Memory.Watermark()
	r.Note = func(upTo time.Time) error {
		if !upTo.After(mark) {
			return nil
		}
		return s.o.Memory.SetWatermark(upTo, time.Now())
	}
	result, err := r.Run(ctx, from, to)
	if ctx.Err() != nil {
		return
	}
	s.o.Failed(err)
	s.o.Observer.Repaired(result.Found, result.Sent, err)
	s.log(&result)
	if err != nil {
		s.due = now.Add(failurePause)
		return
	}
	s.cause = ""
}

// span returns the time that a repair is about.
func (s *Service) span(now time.Time, backlog consumer.Depth) (from, to time.Time) {
	to = now.Add(-s.o.Delay)
	if reached := s.o.Memory.Reached(); backlog.Messages > 0 && reached.Add(-s.o.Delay).Before(to) {
		to = reached.Add(-s.o.Delay)
	}
	from = s.o.Memory.Watermark()
	if !from.Before(to) {
		return from, to
	}
	return later(from.Add(-overlap), later(s.floor, later(s.o.Memory.Since(), now.Add(-s.o.MaxAge)))), to
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// log says what a repair found, unless nothing was missed and nobody thought so.
func (s *Service) log(r *Result) {
	if r.Sent == 0 && s.cause == "" {
		return
	}
	line := s.o.Log.Info().Str("cause", string(s.cause)).Int("found", r.Found).Int("sent", r.Sent).Int("requests", r.Requests)
	if r.Sent == 0 {
		line.Msg("nothing was missed")
		return
	}
	missed := max(r.Last.Sub(r.First).Round(time.Second), time.Second)
	line.Time("first", r.First).Time("last", r.Last).
		Msg(fmt.Sprintf("%s were missed; %d facts found, %d sent", missed, r.Found, r.Sent))
}
