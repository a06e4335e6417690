package cliutil

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// FailureLogger logs the failures of an operation that is retried: one line when it begins to
// fail and one when it works again, however often it fails in between.
type FailureLogger struct {
	Log          zerolog.Logger
	Begins, Ends string // the lines
	// Tolerated is how many consecutive failures are not logged. The hub may turn out to be
	// down, which is logged separately.
	Tolerated int
	failed    int // consecutive failures
}

// Note records a result of the operation. It ignores errors of the hub's circuit breaker,
// whose cause is logged separately.
func (l *FailureLogger) Note(err error) {
	if _, ok := errors.AsType[*kojirpc.UnavailableError](err); ok {
		return
	}
	if err == nil {
		if l.failed > l.Tolerated {
			l.Log.Info().Msg(l.Ends)
		}
		l.failed = 0
		return
	}
	if l.failed++; l.failed == l.Tolerated+1 {
		hint.Log(l.Log.Warn(), err).Msg(l.Begins)
	}
}
