package score

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// Tally is the score of some estimates. The zero value is empty.
type Tally struct {
	// Inside counts estimates with the actual time in their interval, Below and Above those
	// whose actual time was shorter and longer.
	Inside, Below, Above uint64
	// Ratios holds the ratios of estimated to actual times, Baseline those of the simpler
	// method.
	Ratios, Baseline Ratios
}

func (t *Tally) add(e Estimate, truth time.Duration) {
	t.Ratios.add(e.Likely, truth)
	switch {
	case truth < e.Low:
		t.Below++
	case truth > e.High:
		t.Above++
	default:
		t.Inside++
	}
}

func (t *Tally) merge(o *Tally) {
	t.Inside, t.Below, t.Above = t.Inside+o.Inside, t.Below+o.Below, t.Above+o.Above
	t.Ratios.merge(&o.Ratios)
	t.Baseline.merge(&o.Baseline)
}

// Coverage returns the share, 0 to 1, of estimates whose interval contained the actual time;
// 0 if there are none.
func (t *Tally) Coverage() float64 {
	n := t.Inside + t.Below + t.Above
	if n == 0 {
		return 0
	}
	return float64(t.Inside) / float64(n)
}

// Ratios is a histogram of the ratios of estimated to actual times, in steps of about 2 %. The
// zero value is empty.
type Ratios struct {
	steps map[int16]uint64 // by the logarithm of the ratio
	n     uint64
}

const (
	step = 0.02
	// farthest is the last step, a factor of about 400. Ratios beyond count as that.
	farthest = 300
	// least replaces shorter times: a message takes about that long to arrive.
	least = time.Second
)

func (r *Ratios) add(likely, truth time.Duration) {
	ratio := max(likely, least).Seconds() / max(truth, least).Seconds()
	at := math.Round(math.Log(ratio) / step)
	r.addAt(int16(max(-farthest, min(at, farthest))), 1)
}

func (r *Ratios) addAt(at int16, n uint64) {
	if r.steps == nil {
		r.steps = map[int16]uint64{}
	}
	r.steps[at] += n
	r.n += n
}

func (r *Ratios) merge(o *Ratios) {
	for at, n := range o.steps {
		r.addAt(at, n)
	}
}

// Count returns the number of estimates.
func (r *Ratios) Count() uint64 { return r.n }

// Sum returns the sum of the ratios.
func (r *Ratios) Sum() float64 {
	sum := 0.0
	for _, at := range r.sorted() {
		sum += ratioAt(at) * float64(r.steps[at])
	}
	return sum
}

// AtMost returns the number of estimates whose ratio is at most ratio.
func (r *Ratios) AtMost(ratio float64) uint64 {
	var n uint64
	for at, count := range r.steps {
		if ratioAt(at) <= ratio {
			n += count
		}
	}
	return n
}

// MedianError returns the median absolute error as a share of the actual time: with 0.2, half
// of the estimates were off by 20 % or less. It is 0 if there are none.
func (r *Ratios) MedianError() float64 {
	return r.median(func(at int16) float64 { return math.Abs(ratioAt(at) - 1) })
}

// Bias returns the error of the median estimate as a share of the actual time: positive is too
// long.
func (r *Ratios) Bias() float64 {
	return r.median(func(at int16) float64 { return ratioAt(at) - 1 })
}

// median returns the median of value over the steps of all estimates.
func (r *Ratios) median(value func(int16) float64) float64 {
	steps := r.sorted()
	slices.SortStableFunc(steps, func(a, b int16) int { return cmp.Compare(value(a), value(b)) })
	var below uint64
	for _, at := range steps {
		if below += r.steps[at]; 2*below >= r.n {
			return value(at)
		}
	}
	return 0
}

func (r *Ratios) sorted() []int16 { return slices.Sorted(maps.Keys(r.steps)) }

func ratioAt(at int16) float64 { return math.Exp(float64(at) * step) }
