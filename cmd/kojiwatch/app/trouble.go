package app

import "github.com/rs/zerolog"

// trouble logs what is tried over and over: one line when it begins to fail and one when
// it no longer does, however often that is noted meanwhile.
type trouble struct {
	log          zerolog.Logger
	begins, ends string // the lines
	on           bool
}

// note notes how it went.
func (t *trouble) note(err error) {
	switch {
	case err != nil && !t.on:
		t.log.Warn().Err(err).Msg(t.begins)
	case err == nil && t.on:
		t.log.Info().Msg(t.ends)
	}
	t.on = err != nil
}
