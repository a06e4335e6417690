package consumer

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/remedy"
)

// trouble logs one line when something begins to fail and one when it works
// again, however often and in however many places it fails in between.
type trouble struct {
	log          *zerolog.Logger
	begun, ended string

	active atomic.Bool
	mu     sync.Mutex
	places int // where it fails right now
	since  time.Time
}

// begin notes a failure. leave must follow.
func (t *trouble) begin(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.places++
	if errors.Is(err, context.Canceled) { // we end, nothing fails
		return
	}
	if t.active.Swap(true) {
		return
	}
	t.since = time.Now()
	remedy.Log(t.log.Warn(), err).Msg(t.begun)
}

// leave ends one place's failing, whether or not it works now.
func (t *trouble) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.places--
}

// fine notes a success. It is cheap while there is no trouble.
func (t *trouble) fine() {
	if !t.active.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places == 0 && t.active.Swap(false) {
		t.log.Info().Dur("after", time.Since(t.since)).Msg(t.ended)
	}
}

// outage logs when there is no session and when there is one again.
type outage struct {
	log   *zerolog.Logger
	since time.Time // zero while there is none
	cause Cause
}

// begin notes why there is no session. Only another cause is worth another line.
func (o *outage) begin(why *failure) {
	level := zerolog.WarnLevel
	if o.since.IsZero() {
		o.since = time.Now()
	} else if why.cause == o.cause {
		level = zerolog.DebugLevel
	}
	o.cause = why.cause
	line := o.log.WithLevel(level).Str("cause", string(why.cause)).Err(why.err)
	if text := cmp.Or(why.remedy, remedy.Of(why.err)); text != "" {
		line = line.Str("remedy", text)
	}
	line.Msg("not consuming; trying again")
}

// end notes that there is a session.
func (o *outage) end(s *session) {
	line := o.log.Info().Str("queue", s.queue).Str("broker", s.link.broker).Uint64("epoch", s.settler.epoch)
	if !o.since.IsZero() {
		line = line.Dur("after", time.Since(o.since))
	}
	line.Msg("consuming")
	o.since = time.Time{}
}
