package status

import (
	"sync"
	"time"
)

// window is the period of a rate.
const window = time.Minute

// Meter measures how fast a count grew over the last minute. The zero value is ready to use.
type Meter struct {
	mu      sync.Mutex
	samples []sample // oldest first
}

type sample struct {
	at    time.Time
	count uint64
}

// Note records a count. A count less than the previous one means that the counter was reset.
func (m *Meter) Note(now time.Time, count uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.samples); n > 0 && count < m.samples[n-1].count {
		m.samples = m.samples[:0]
	}
	for len(m.samples) > 1 && now.Sub(m.samples[1].at) >= window {
		m.samples = m.samples[:copy(m.samples, m.samples[1:])]
	}
	m.samples = append(m.samples, sample{now, count})
}

// Rate returns the growth per second.
func (m *Meter) Rate() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.samples)
	if n < 2 {
		return 0
	}
	first, last := m.samples[0], m.samples[n-1]
	took := last.at.Sub(first.at).Seconds()
	if took <= 0 {
		return 0
	}
	return float64(last.count-first.count) / took
}
