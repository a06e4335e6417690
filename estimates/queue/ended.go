package queue

// endedSet remembers the tasks that ended last, between maxEnded and half of it.
type endedSet struct{ young, old map[int64]struct{} }

func (s *endedSet) add(id int64) {
	if len(s.young) >= maxEnded/2 {
		s.old, s.young = s.young, nil
	}
	if s.young == nil {
		s.young = map[int64]struct{}{}
	}
	s.young[id] = struct{}{}
}

func (s *endedSet) has(id int64) bool {
	_, young := s.young[id]
	_, old := s.old[id]
	return young || old
}
