package estimation

import (
	"context"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

// The offsets of a stream that the history has.
const (
	// readTo is the offset before which the history has learnt from all.
	readTo = "next"
	// readAgain is where the first of the tasks that had not ended was told of.
	readAgain = "again"
)

// maxAgain bounds how much of a stream is read again to know what runs: what has run for
// longer is known from the hub.
const maxAgain = 24 * time.Hour

// maxUnfinished bounds how many are remembered until those are dropped that are not followed.
const maxUnfinished = 1 << 16

// stream is how the service reads the stream that replicas make their state of. The reader
// alone teaches the estimator; sinks are given the estimates that it has noted.
type stream struct {
	name  string
	began time.Time
	notes notes

	mu         sync.Mutex // held while an event is taken in, so that what is written is of one offset
	events     eventEstimates
	read       uint64 // before which an earlier process has learnt from all
	again      uint64 // where reading begins
	next       uint64 // after the last event taken in
	written    uint64 // the last of them that was given to the store
	firstAt    time.Time
	newest     time.Time       // of what was told, by the hub's time
	lag        time.Duration   // how old the last event was when it was read
	unfinished map[int64]first // tasks, and builds by their negative ids
}

// first is where a stream first tells of a task or build.
type first struct {
	offset uint64
	at     time.Time
}

// newStream goes on with a stream where the store says.
func newStream(name string, e *estimates.Estimator, store *history.Store) *stream {
	s := &stream{name: name, began: time.Now(), events: eventEstimates{estimator: e}, unfinished: map[int64]first{}}
	s.notes = notes{began: s.began, answers: boundedcache.New[string, *event.Estimate](maxNotes), waiting: map[string]chan struct{}{}}
	if store != nil {
		s.read, _ = store.Offset(name, readTo)
		s.again, _ = store.Offset(name, readAgain)
	}
	s.again = min(s.again, s.read)
	s.next, s.written = s.read, s.read
	return s
}

// StreamOffsets returns the offset before which the stream was read, 0 if it was not, and the
// one before that to read from, to know again what had not ended.
func (d *Service) StreamOffsets() (read, again uint64) { return d.stream.read, d.stream.again }

// StreamRenewed notes that the stream is another one now.
func (d *Service) StreamRenewed() {
	s := d.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read, s.again, s.next = 0, 0, 0
	clear(s.unfinished)
}

// Learn takes in an event of the stream, at an offset, and sets its estimate. Events come in
// order. It reports whether the event is news: neither this replica has taken it in before,
// nor did it happen long before this replica first was there.
func (d *Service) Learn(e *event.Event, offset uint64) (news bool) {
	s := d.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events.take(e, offset < s.read)
	s.next = max(s.next, offset+1)
	happened := happenedAt(e)
	if !happened.IsZero() {
		s.lag = max(0, e.ReceivedAt.Sub(happened))
		s.newest = later(s.newest, happened)
	}
	if s.firstAt.IsZero() {
		s.firstAt = HappenedAt(e)
	}
	s.follow(e, offset)
	return offset >= s.read && (s.read > 0 || happened.IsZero() || s.began.Sub(happened) < lateAfter)
}

// Noted tells sinks that wait for it that an event was taken in, and what its estimate is.
func (d *Service) Noted(e *event.Event) {
	if estimated(e) {
		d.stream.notes.put(e)
	}
}

// follow notes where the stream first tells of what has not ended.
func (s *stream) follow(e *event.Event, offset uint64) {
	id, ended := int64(0), false
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil:
		id, ended = e.Task.ID, e.Task.State.Final()
	case e.Type == event.BuildStateChange && e.Build != nil:
		id, ended = -e.Build.ID, e.Build.State.Final()
	}
	if _, known := s.unfinished[id]; !known && !ended && id != 0 {
		if len(s.unfinished) >= maxUnfinished {
			s.firstUnfinished()
		}
		s.unfinished[id] = first{offset, HappenedAt(e)}
	}
	if ended {
		delete(s.unfinished, id)
	}
}

// changes returns what was learnt since the last time, with the offset that it reaches to.
func (s *stream) changes() *history.Changes {
	s.mu.Lock()
	defer s.mu.Unlock()
	changes := s.events.estimator.Changes()
	if s.next != s.written {
		changes.Offset(s.name, readTo, s.next)
		changes.Offset(s.name, readAgain, s.firstUnfinished())
		s.written = s.next
	}
	return changes
}

// firstUnfinished returns where the first is told of what has not ended.
func (s *stream) firstUnfinished() uint64 {
	offset := s.next
	for id, f := range s.unfinished {
		if s.newest.Sub(f.at) > maxAgain || id > 0 && !s.events.estimator.Follows(id) {
			delete(s.unfinished, id)
			continue
		}
		offset = min(offset, f.offset)
	}
	return offset
}

// learningSince returns since when the history learns, if it is new: earlier than this process
// is there if the stream is.
func (d *Service) learningSince() time.Time {
	if d.stream == nil || d.began.IsZero() {
		return d.began
	}
	d.stream.mu.Lock()
	defer d.stream.mu.Unlock()
	if at := d.stream.firstAt; !at.IsZero() && at.Before(d.began) {
		return at
	}
	return d.began
}

// StreamStats tells how far the stream was taken in.
type StreamStats struct {
	Offset uint64        // after the last event
	Lag    time.Duration // how old the last event was when it was read
	Unseen uint64        // events that sinks got before the stream had told of them
}

// StreamStats returns them.
func (d *Service) StreamStats() StreamStats {
	s := d.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	return StreamStats{s.next, s.lag, s.notes.unseen.Load()}
}

// Await waits until the stream has told of an event that a sink is about to get, but only for
// a moment: an estimate is no reason to hold an event up.
func (d *Service) Await(ctx context.Context, e *event.Event) {
	if d != nil && d.stream != nil && estimated(e) && e.Origin != event.Reconciled {
		d.stream.notes.await(ctx, e)
	}
}

// estimated reports whether there are estimates for events of this kind.
func estimated(e *event.Event) bool {
	return e.Type == event.TaskStateChange && e.Task != nil || e.Type == event.BuildStateChange && e.Build != nil
}

// notedEstimates gives sinks the estimates that the reader of the stream has noted. It teaches
// only what the stream does not tell: what the hub was asked for.
type notedEstimates struct {
	eventEstimates

	notes *notes
}

// Estimate implements enrich.Estimates.
func (s *notedEstimates) Estimate(e *event.Event) {
	if e.Origin == event.Reconciled {
		s.eventEstimates.Estimate(e)
		return
	}
	now := s.now(e)
	if now.IsZero() || !estimated(e) {
		return
	}
	if noted, told := s.notes.answers.Get(e.ID); told {
		e.Estimate = remaining(noted, e.ReceivedAt)
		return
	}
	if e.Type == event.TaskStateChange && !e.Task.State.Final() {
		if x, ok := s.estimator.Lookup(e.Task.ID, now); ok {
			e.Estimate = estimateOf(&x, e.ReceivedAt, false)
		}
	}
}

// remaining returns an estimate with the time that remains at another point in time.
func remaining(noted *event.Estimate, at time.Time) *event.Estimate {
	if noted == nil {
		return nil
	}
	x := *noted
	if x.Remaining.Known && !at.IsZero() {
		x.Remaining.Value = max(0, x.CompletionAt.Sub(at))
	}
	return &x
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
