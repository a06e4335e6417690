package consumer

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// failureLogger logs one line when something begins to fail and one when it works
// again, however often and in however many places it fails in between.
type failureLogger struct {
	log          *zerolog.Logger
	begun, ended string

	active atomic.Bool
	mu     sync.Mutex
	places int // where it fails right now
	since  time.Time
}

// begin notes a failure. leave must follow.
func (l *failureLogger) begin(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places++
	if errors.Is(err, context.Canceled) { // we end, nothing fails
		return
	}
	if l.active.Swap(true) {
		return
	}
	l.since = time.Now()
	hint.Log(l.log.Warn(), err).Msg(l.begun)
}

// leave notes that one place no longer fails, whether or not it works now.
func (l *failureLogger) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places--
}

// works notes a success. It is cheap while nothing fails.
func (l *failureLogger) works() {
	if !l.active.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.places == 0 && l.active.Swap(false) {
		l.log.Info().Dur("after", time.Since(l.since)).Msg(l.ended)
	}
}

// sessionLogger logs when there is no session and when there is one again.
type sessionLogger struct {
	log   *zerolog.Logger
	since time.Time // zero while there is none
	cause broker.Cause
}

// begin notes why there is no session. Only another cause is worth another line.
func (l *sessionLogger) begin(why *broker.Failure) {
	level := zerolog.WarnLevel
	if l.since.IsZero() {
		l.since = time.Now()
	} else if why.Cause == l.cause {
		level = zerolog.DebugLevel
	}
	l.cause = why.Cause
	line := l.log.WithLevel(level).Str("cause", string(why.Cause)).Err(why.Err)
	if text := why.Remedy(); text != "" {
		line = line.Str("remedy", text)
	}
	line.Msg("not consuming; trying again")
}

// end notes that there is a session.
func (l *sessionLogger) end(s *session) {
	line := l.log.Info().Str("queue", s.queue.name).Str("broker", s.conn.Address()).Uint64("epoch", s.settler.Epoch())
	if !l.since.IsZero() {
		line = line.Dur("after", time.Since(l.since))
	}
	line.Msg("consuming")
	l.since = time.Time{}
}
