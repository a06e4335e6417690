package cliutil

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// FailureLogger logs an operation that is retried: one line when it begins to fail and one when
// it no longer does, however often that is noted meanwhile.
type FailureLogger struct {
	Log          zerolog.Logger
	Begins, Ends string // the lines
	// Tolerated is how many failures in a row are none yet: the hub that they are about
	// may be found down soon, which has a line of its own.
	Tolerated int
	failed    int // in a row
}

// Note notes how it went. That the hub is left alone for a while says nothing: why it is
// has a line of its own.
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
