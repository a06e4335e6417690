package consumer

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

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
