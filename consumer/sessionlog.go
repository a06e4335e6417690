package consumer

import (
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// sessionLogger logs when the consumer loses its session and when it has one again.
type sessionLogger struct {
	log   *zerolog.Logger
	since time.Time // when the session was lost; zero if none was
	cause broker.Cause
}

// begin logs why there is no session. The same cause again is only logged at debug level.
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

// end logs that there is a session.
func (l *sessionLogger) end(s *session) {
	line := l.log.Info().Str("queue", s.queue.name).Str("broker", s.conn.Address()).Uint64("epoch", s.settler.Epoch())
	if !l.since.IsZero() {
		line = line.Dur("after", time.Since(l.since))
	}
	line.Msg("consuming")
	l.since = time.Time{}
}
