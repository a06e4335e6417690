package simulation

import "time"

// mean is the average duration of a package's builds.
type mean struct {
	sum time.Duration
	n   int
}

// AverageBuildDuration returns the hub's average duration of a package's builds, from the
// record to the import. ok is false if there was none.
//
// Source: getAverageBuildDuration in kojihub.
func (s *System) AverageBuildDuration(pkg string) (average time.Duration, ok bool) {
	m := s.average[pkg]
	if m == nil {
		return 0, false
	}
	return m.sum / time.Duration(m.n), true
}

func (s *System) note(pkg string, took time.Duration) {
	m := s.average[pkg]
	if m == nil {
		m = new(mean)
		s.average[pkg] = m
	}
	m.sum, m.n = m.sum+took, m.n+1
}
