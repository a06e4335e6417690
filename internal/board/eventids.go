package board

import "hash/maphash"

// eventIDs remembers the ids of the last events: sinks get the same ones, some of them
// much later than others.
type eventIDs struct {
	seed       maphash.Seed
	young, old map[uint64]struct{}
}

// maxEventIDs is how many ids are remembered at the least.
const maxEventIDs = 1 << 15

func newEventIDs() eventIDs {
	return eventIDs{seed: maphash.MakeSeed(), young: map[uint64]struct{}{}}
}

// again reports whether an id was there before. Of two that have one hash in 64 bits, the
// second is taken for the first.
func (s *eventIDs) again(id string) bool {
	if id == "" {
		return false
	}
	h := maphash.String(s.seed, id)
	_, young := s.young[h]
	_, old := s.old[h]
	if young || old {
		return true
	}
	if len(s.young) >= maxEventIDs {
		s.young, s.old = map[uint64]struct{}{}, s.young
	}
	s.young[h] = struct{}{}
	return false
}
