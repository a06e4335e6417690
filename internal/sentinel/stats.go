package sentinel

import (
	"math"
	"slices"
)

// ring holds the last values of a series.
type ring[T any] struct {
	values []T
	next   int
}

// add adds a value, in the place of the oldest one if size are there.
func (r *ring[T]) add(v T, size int) {
	if len(r.values) < size {
		r.values = append(r.values, v)
		return
	}
	r.values[r.next] = v
	r.next = (r.next + 1) % size
}

// newest returns the values, the last one first.
func (r *ring[T]) newest() []T {
	all := make([]T, 0, len(r.values))
	for i := range r.values {
		all = append(all, r.values[(r.next-1-i+2*len(r.values))%len(r.values)])
	}
	return all
}

// improbable is the chance below which a finding is no coincidence. Some thousand
// findings are tested for every thousand builds.
const improbable = 2e-6

// tail returns the chance of k or more failures in n runs, where each fails with
// chance p.
func tail(n, k int, p float64) float64 {
	sum, term := 0.0, math.Pow(1-p, float64(n))
	for i := range n + 1 {
		if i >= k {
			sum += term
		}
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
	}
	return sum
}

// median returns the median of values, which it sorts; 0 if there are none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// above returns how many of own values are greater than all but the greatest tenth of
// others, and the chance of one to be so if nothing tells them apart. It sorts others.
func above(own, others []float64) (n int, chance float64) {
	slices.Sort(others)
	tenth := (len(others) + 9) / 10
	limit := others[len(others)-tenth]
	for _, v := range own {
		if v > limit {
			n++
		}
	}
	return n, float64(tenth) / float64(len(others)+1)
}
