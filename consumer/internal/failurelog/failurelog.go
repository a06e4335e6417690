// Package failurelog logs the beginning and the end of a failure instead of every attempt.
package failurelog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/hint"
)

// Logger logs one line when something begins to fail and one when it works again, however
// often and in however many places it fails in between.
type Logger struct {
	log          *zerolog.Logger
	begun, ended string

	active atomic.Bool
	mu     sync.Mutex
	places int // where it fails right now
	since  time.Time
}

// New returns a logger that writes the line begun at the first failure and the line ended
// at the first success after it.
func New(log *zerolog.Logger, begun, ended string) *Logger {
	return &Logger{log: log, begun: begun, ended: ended}
}

// Active reports whether the last failure has not been followed by a success.
func (l *Logger) Active() bool { return l.active.Load() }

// Begin records that one more place fails. Leave must follow. The end of a context is not a
// failure.
func (l *Logger) Begin(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places++
	if errors.Is(err, context.Canceled) || l.active.Swap(true) {
		return
	}
	l.since = time.Now()
	hint.Log(l.log.Warn(), err).Msg(l.begun)
}

// Leave records that one place no longer fails, because it succeeded or was abandoned.
func (l *Logger) Leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places--
}

// Succeed records a success. It costs next to nothing unless something fails.
func (l *Logger) Succeed() {
	if !l.active.Load() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.places == 0 && l.active.Swap(false) {
		l.log.Info().Dur("after", time.Since(l.since)).Msg(l.ended)
	}
}

// Note records the result of an operation that one place performs: err, or a success if it
// is nil.
func (l *Logger) Note(err error) {
	if err == nil {
		l.Succeed()
		return
	}
	l.Begin(err)
	l.Leave()
}
