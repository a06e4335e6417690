package daemon

import (
	"hash/maphash"

	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
)

// eventIDs remembers the ids of the last events: sinks get the same ones, some of them
// much later than others. The zero value is usable.
type eventIDs struct {
	seed maphash.Seed
	seen *boundedcache.Cache[idHash, struct{}]
}

// idHash is the hash of an id, and whether the event said why a task failed.
type idHash struct {
	hash    uint64
	failure bool
}

// maxEventIDs is how many ids are remembered at the least.
const maxEventIDs = 1 << 15

// again reports whether an id was there before, with as much about a failure. Of two that
// have one hash in 64 bits, the second is taken for the first.
func (s *eventIDs) again(id string, failure bool) bool {
	if id == "" {
		return false
	}
	if s.seen == nil {
		s.seed, s.seen = maphash.MakeSeed(), boundedcache.New[idHash, struct{}](2*maxEventIDs)
	}
	h := idHash{maphash.String(s.seed, id), failure}
	if s.has(h) || !failure && s.has(idHash{h.hash, true}) {
		return true
	}
	s.seen.Put(h, struct{}{})
	return false
}

func (s *eventIDs) has(h idHash) bool {
	_, seen := s.seen.Get(h)
	return seen
}
