package buildsystem

import (
	"maps"
	"slices"
	"time"
)

// Histogram counts durations.
type Histogram struct {
	Buckets map[float64]uint64 // how many are at most so many seconds
	Count   uint64
	Sum     float64 // seconds
}

// bounds are the upper bounds of the buckets, in seconds.
func bounds() []float64 {
	return []float64{5, 15, 60, 120, 300, 600, 1200, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600}
}

// observe adds the time between two moments to a histogram, if both are known and in order.
func observe(to map[Work]*Histogram, w Work, from, until time.Time) {
	if from.IsZero() || until.IsZero() || until.Before(from) {
		return
	}
	h := to[w]
	if h == nil {
		h = &Histogram{Buckets: map[float64]uint64{}}
		for _, bound := range bounds() {
			h.Buckets[bound] = 0
		}
		to[w] = h
	}
	took := until.Sub(from).Seconds()
	h.Count++
	h.Sum += took
	for _, bound := range slices.Backward(bounds()) {
		if took > bound {
			break
		}
		h.Buckets[bound]++
	}
}

// copyOf returns histograms that change no more.
func copyOf(of map[Work]*Histogram) map[Work]Histogram {
	out := make(map[Work]Histogram, len(of))
	for w, h := range of {
		out[w] = Histogram{maps.Clone(h.Buckets), h.Count, h.Sum}
	}
	return out
}
