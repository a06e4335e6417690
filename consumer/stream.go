package consumer

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/consumer/internal/failurelog"
	"github.com/kojiwatch/kojiwatch/consumer/internal/position"
)

// StreamOptions control how a queue of type stream is read. Several consumers may read one;
// each of them gets all messages.
type StreamOptions struct {
	// From is where reading begins the first time: "first", "last" (the last stored chunk),
	// "next" (the next message to arrive), a time.Time, or an offset as int64. Default: next.
	From any
	// PositionFile stores which messages are settled, so that reading continues there after
	// a restart. Of several consumers with the same file, one reads and the others stand
	// by. Default: the position is lost with a restart.
	PositionFile string
	// Read is the offset before which the handler has taken in all messages, by its own
	// record; PositionFile must be empty then. Reading begins at Again, which is at most
	// Read, for what the handler must be told once more. Default: the handler keeps no record.
	Read, Again uint64
	// Renewed is called when the stream turns out not to be the one that Read is of, before
	// the stream is read from its beginning. Default: nobody is told.
	Renewed func()
	// End is the offset before which reading ends: Run returns when all messages before it
	// are settled. Default: reading does not end.
	End uint64
}

// positionPeriod is the time between saves of the position. Messages settled since the last
// one are processed again after a crash.
const positionPeriod = time.Second

// stream reads a queue of type stream. It is nil for any other queue.
type stream struct {
	queue    string
	from     any
	read     uint64 // StreamOptions.Read
	renewed  func()
	position *position.Position
	failure  *failurelog.Logger // of saving the position
	log      *zerolog.Logger

	begun   bool // the session has had a delivery
	standby atomic.Bool
	missed  atomic.Uint64
}

func newStream(o *Options, log *zerolog.Logger) *stream {
	if !o.Queue.IsStream() {
		return nil
	}
	s := &stream{
		queue: o.Queue.Name, from: o.Stream.From, read: o.Stream.Read, renewed: o.Stream.Renewed, log: log,
		position: position.New(o.Stream.PositionFile, o.Queue.Name, o.Stream.End),
		failure: failurelog.New(log, "the position in the stream cannot be saved; after a restart all messages from here on are processed again",
			"the position in the stream is saved again"),
	}
	if s.read > 0 {
		s.position.StartAt(o.Stream.Again)
	}
	return s
}

// isStart reports whether a value is valid for StreamOptions.From.
func isStart(from any) bool {
	switch v := from.(type) {
	case string:
		return v == "first" || v == "last" || v == "next"
	case int64:
		return v >= 0
	case time.Time:
		return true
	}
	return false
}

// DeadType returns the type of the dead-letter queue that belongs to a queue: the same one,
// or quorum for a stream, from which dead letters could not be removed.
func DeadType(q *Queue) string {
	if q.IsStream() {
		return amqp.QueueTypeQuorum
	}
	return q.Type
}

// acquire blocks until no other process reads the stream for the same sink.
func (s *stream) acquire(ctx context.Context) error {
	if s == nil {
		return nil
	}
	defer s.standby.Store(false)
	err := s.position.Acquire(ctx, func() {
		s.standby.Store(true)
		s.log.Info().Str("queue", s.queue).Msg("another process reads the stream; standing by")
	})
	if err != nil && ctx.Err() == nil {
		return &broker.Failure{Cause: broker.CauseSettings, Err: err,
			Hint: "repair the file or make it writable; without it the stream is read from queue.offset on"}
	}
	return err
}

// release saves the position and lets other processes read the stream.
func (s *stream) release() {
	if s != nil {
		s.note(s.position.Release())
	}
}

// arguments returns the arguments of basic.consume, with the offset where the last session
// ended.
func (s *stream) arguments(c *broker.Connection, q *declared) (amqp.Table, error) {
	s.begun = false
	at, known := s.position.Start()
	var err error
	if known {
		at, err = s.resume(c, q, at)
	} else {
		at, err = s.first(c, q)
	}
	if err != nil {
		return nil, err
	}
	return amqp.Table{broker.StreamOffsetArg: int64(at)}, nil
}

// first finds where reading begins, and saves the position before anything is read, because
// the same search might find another one after a restart.
func (s *stream) first(c *broker.Connection, q *declared) (uint64, error) {
	at := uint64(0)
	if !q.isNew {
		var err error
		if at, err = c.StreamFind(q.name, s.from); err != nil {
			return 0, err
		}
	}
	s.position.StartAt(at)
	if err := s.position.Save(); err != nil {
		return 0, &broker.Failure{Cause: broker.CauseSettings, Err: err}
	}
	return at, nil
}

// resume returns the offset where reading continues: at, or 0 if the stream was deleted and
// declared again.
func (s *stream) resume(c *broker.Connection, q *declared, at uint64) (uint64, error) {
	read := max(at, s.read)
	holds, err := !q.isNew || read == 0, error(nil)
	if holds {
		holds, err = c.StreamHolds(q.name, read)
	}
	if err != nil || holds {
		return at, err
	}
	s.log.Warn().Str("queue", q.name).Uint64("offset", read).
		Msg("the stream ends before the offset up to which it was read, so it is another one; reading it from its beginning")
	s.read = 0
	s.position.StartAt(0)
	if s.renewed != nil {
		s.renewed()
	}
	return 0, nil
}

// take records a delivery. Only the receiver calls it.
func (s *stream) take(d *Delivery) position.Taken {
	offset, ok := s.offset(d)
	if !ok {
		return position.Pending
	}
	missed := uint64(0)
	if !s.begun {
		s.begun = true
		missed = s.position.Begin(offset)
		if s.read > 0 {
			missed += position.Missed(s.read, offset)
			s.read = 0
		}
	}
	is, skipped := s.position.Take(offset)
	if missed += skipped; missed > 0 {
		s.missed.Add(missed)
		s.log.Warn().Str("queue", s.queue).Uint64("messages", missed).
			Msg("messages were dropped from the stream before they had been read: its retention is too short")
	}
	return is
}

// settle records that deliveries are settled.
func (s *stream) settle(deliveries ...*Delivery) {
	for _, d := range deliveries {
		if offset, ok := s.offset(d); ok {
			s.position.Settle(offset)
		}
	}
}

func (s *stream) offset(d *Delivery) (uint64, bool) {
	if s == nil {
		return 0, false
	}
	return broker.StreamOffset(d.Headers)
}

// keep saves the position periodically until ctx ends.
func (s *stream) keep(ctx context.Context) {
	if s == nil {
		return
	}
	t := time.NewTicker(positionPeriod)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.note(s.position.Save())
		case <-ctx.Done():
			return
		}
	}
}

// note logs when saving the position begins to fail, and when it works again.
func (s *stream) note(err error) {
	if err != nil {
		err = fmt.Errorf("stream %q: %w", s.queue, err)
	}
	s.failure.Note(err)
}

// ended returns a channel that is closed when all messages before StreamOptions.End are
// settled; nil if reading does not end.
func (s *stream) ended() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.position.Ended()
}

// hasEnded reports whether ended is closed.
func (s *stream) hasEnded() bool {
	select {
	case <-s.ended():
		return true
	default:
		return false
	}
}

// addTo sets the fields of Stats that concern streams.
func (s *stream) addTo(stats *Stats) {
	if s != nil {
		stats.Standby, stats.Missed = s.standby.Load(), s.missed.Load()
		stats.Offset, _ = s.position.Start()
	}
}
