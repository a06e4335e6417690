package forecast

import (
	"math"
	"slices"
	"time"
)

// The bases of an estimate.
const (
	LastBuilds = "last-builds" // the package's last builds
	LastTasks  = "last-tasks"  // other tasks of the method
	HubAverage = "hub-average" // getAverageBuildDuration
	Siblings   = "siblings"    // the same build on other arches
	Constant   = "constant"    // what such tasks usually take
)

// Spread is a duration with an 80 % interval. The zero value is unknown.
type Spread struct {
	Likely, Low, High time.Duration
	Samples           int
	Basis             string
}

// Known reports whether the duration is known.
func (s Spread) Known() bool { return s.Likely > 0 }

// around returns a spread around d by a rule of thumb.
func around(d time.Duration, basis string) Spread {
	if d <= 0 {
		return Spread{}
	}
	return Spread{Likely: d, Low: scale(d, 0.6), High: scale(d, 1.6), Basis: basis}
}

const (
	// z is the number of standard deviations on each side that contain 80 %.
	z = 1.2815515655446004
	// usualSigma is the usual standard deviation of the logarithms of one package's times,
	// usualWeight its weight in samples.
	usualSigma, usualWeight = 0.25, 3.0
)

// spreadOf returns the spread of samples, the newest first, around their median, which is
// robust against outliers.
func spreadOf(samples []time.Duration, basis string) Spread {
	if len(samples) == 0 {
		return Spread{}
	}
	middle := math.Log(median(samples).Seconds())
	sum := usualWeight * usualSigma * usualSigma
	for _, d := range samples {
		off := min(1, math.Abs(math.Log(d.Seconds())-middle))
		sum += off * off
	}
	n := float64(len(samples))
	sigma := math.Sqrt(sum/(n+usualWeight)) * math.Sqrt(1+1/n)
	return Spread{
		Likely: seconds(math.Exp(middle)), Low: seconds(math.Exp(middle - z*sigma)), High: seconds(math.Exp(middle + z*sigma)),
		Samples: len(samples), Basis: basis,
	}
}

// median returns the weighted median of samples, the newest first; older ones weigh less.
func median(samples []time.Duration) time.Duration {
	type weighed struct {
		d time.Duration
		w float64
	}
	list, total := make([]weighed, len(samples)), 0.0
	for i, d := range samples {
		list[i] = weighed{d, math.Pow(0.9, float64(i))}
		total += list[i].w
	}
	slices.SortStableFunc(list, func(a, b weighed) int { return int(max(-1, min(1, a.d-b.d))) })
	sum := 0.0
	for _, e := range list {
		if sum += e.w; sum >= total/2 {
			return e.d
		}
	}
	return list[len(list)-1].d
}

// After is the spread of the whole time of something that has already taken this
// long. It is never below that, and never less for a longer one.
func (s Spread) After(elapsed time.Duration) Spread {
	if elapsed <= 0 || !s.Known() {
		return s
	}
	sigma, mu := s.sigma(), math.Log(s.Likely.Seconds())
	past := min(0.9999, normal((math.Log(elapsed.Seconds())-mu)/sigma))
	total := func(q, atLeast float64) time.Duration {
		t := math.Exp(mu + sigma*quantile(past+q*(1-past)))
		return max(seconds(t), scale(elapsed, atLeast), elapsed+time.Second)
	}
	s.Low, s.Likely, s.High = total(0.1, 1.01), total(0.5, 1.05), total(0.9, 1.3)
	return s
}

func normal(x float64) float64   { return 0.5 * math.Erfc(-x/math.Sqrt2) }
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

func seconds(s float64) time.Duration {
	const long = 365 * 24 * time.Hour
	return time.Duration(min(s, long.Seconds()) * float64(time.Second))
}

func scale(d time.Duration, by float64) time.Duration { return time.Duration(float64(d) * by) }
