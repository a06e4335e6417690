package app

import (
	"errors"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// trouble logs what is tried over and over: one line when it begins to fail and one when
// it no longer does, however often that is noted meanwhile.
type trouble struct {
	log          zerolog.Logger
	begins, ends string // the lines
	// tolerated is how many failures in a row are none yet: the hub that they are about
	// may be found down soon, which has a line of its own.
	tolerated int
	failed    int // in a row
}

// note notes how it went. That the hub is left alone for a while says nothing: why it is
// has a line of its own.
func (t *trouble) note(err error) {
	if _, ok := errors.AsType[*kojirpc.UnavailableError](err); ok {
		return
	}
	if err == nil {
		if t.failed > t.tolerated {
			t.log.Info().Msg(t.ends)
		}
		t.failed = 0
		return
	}
	if t.failed++; t.failed == t.tolerated+1 {
		hint.Log(t.log.Warn(), err).Msg(t.begins)
	}
}
