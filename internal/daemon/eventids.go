package daemon

import "hash/maphash"

// eventIDs remembers the ids of the last events: sinks get the same ones, some of them
// much later than others. The zero value is usable.
type eventIDs struct {
	seed       maphash.Seed
	young, old map[idHash]struct{}
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
	if s.young == nil {
		s.seed, s.young = maphash.MakeSeed(), map[idHash]struct{}{}
	}
	h := idHash{maphash.String(s.seed, id), failure}
	if s.has(h) || !failure && s.has(idHash{h.hash, true}) {
		return true
	}
	if len(s.young) >= maxEventIDs {
		s.young, s.old = map[idHash]struct{}{}, s.young
	}
	s.young[h] = struct{}{}
	return false
}

func (s *eventIDs) has(h idHash) bool {
	_, young := s.young[h]
	_, old := s.old[h]
	return young || old
}
