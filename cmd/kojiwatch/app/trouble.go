package app

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/remedy"
)

// trouble logs what is tried over and over: one line when it begins to fail and one when
// it no longer does, however often that is noted meanwhile.
type trouble struct {
	log          zerolog.Logger
	begins, ends string // the lines
	// lenient lets one failure pass: the hub that it is about may be found down soon,
	// which has a line of its own.
	lenient bool
	failed  int
	on      bool
}

// note notes how it went. That the hub is left alone for a while says nothing: why it is
// has a line of its own.
func (t *trouble) note(err error) {
	if _, ok := errors.AsType[*kojirpc.UnavailableError](err); ok {
		return
	}
	if err == nil {
		t.failed = 0
		if t.on {
			t.log.Info().Msg(t.ends)
		}
		t.on = false
		return
	}
	if t.failed++; t.on || t.lenient && t.failed == 1 {
		return
	}
	t.on = true
	remedy.Log(t.log.Warn(), err).Msg(t.begins)
}
