package simulation

import (
	"math/rand/v2"
	"slices"
	"time"
)

// pace draws the times of builds: more by day and on weekdays, and sometimes a mass rebuild.
type pace struct {
	r        *rand.Rand
	perHour  float64 // maximum, except in mass rebuilds
	massSize int
	massGap  time.Duration // between the builds of a mass rebuild
	left     int           // builds left of the current mass rebuild
	factor   float64       // of the usual arrivals, else massGap
	every    int           // builds between mass rebuilds
	until    int           // builds until the next mass rebuild
}

// newPace draws a pace that keeps hosts busy for most of the day, given the number of builds
// per hour that they can do.
func newPace(r *rand.Rand, most float64, setup *Setup) pace {
	every := 1500 + r.IntN(1500)
	return pace{
		r: r, factor: setup.MassArrivals, perHour: most * between(r, 0.4, 0.8), massSize: 300 + r.IntN(700),
		massGap: time.Duration(between(r, 1, 6) * float64(time.Second)), every: every, until: every,
	}
}

// next returns the time until the next build, and whether it belongs to a mass rebuild.
func (p *pace) next(now time.Time) (gap time.Duration, mass bool) {
	if p.left > 0 {
		p.left--
		if p.factor > 0 {
			return time.Duration(p.r.ExpFloat64() / (p.factor * p.perHour) * float64(time.Hour)), true
		}
		return p.massGap, true
	}
	if p.until--; p.until <= 0 {
		p.until, p.left = p.every, p.massSize
		return 10 * time.Minute, true
	}
	rate := p.perHour
	if h := now.Hour(); h < 7 || h > 20 {
		rate *= 0.4
	}
	if d := now.Weekday(); d == time.Saturday || d == time.Sunday {
		rate *= 0.3
	}
	return time.Duration(p.r.ExpFloat64() / rate * float64(time.Hour)), false
}

// most returns the number of a workload's builds that the hosts can do per hour, which is
// limited by the busiest arch.
func (s *System) most() float64 {
	const sample = 500
	need := map[string]float64{} // seconds of places
	for range sample {
		j := s.workload.Next(false)
		slowest := time.Duration(0)
		for _, arch := range j.Arches {
			took, _ := s.workload.Run(&Run{Method: "buildArch", Arch: arch, BuildSpec: &j, Speed: 1, Busy: 0.7}, s.now)
			need[arch] += took.Seconds()
			slowest = max(slowest, took)
		}
		took, _ := s.workload.Run(&Run{Method: "buildSRPMFromSCM", BuildSpec: &j, Speed: 1, Busy: 0.7}, s.now)
		need["noarch"] += took.Seconds() * weight("buildSRPMFromSCM") / weight("buildArch")
		if !s.setup.Asleep {
			need["noarch"] += (took + slowest).Seconds() * weight("build") / weight("buildArch")
		}
	}
	least := 0.0
	for _, arch := range Arches() {
		places := 0.0
		for _, h := range s.hosts {
			if slices.Contains(h.Arches, arch) && h.Channels[0] == builders {
				places += h.Capacity.Value / weight("buildArch") / float64(len(h.Arches))
			}
		}
		needed := need[arch] + need["noarch"]/float64(len(Arches()))
		if rate := places * 3600 * sample / needed; least == 0 || rate < least {
			least = rate
		}
	}
	return least
}
