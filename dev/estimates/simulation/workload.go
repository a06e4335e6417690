package simulation

import (
	"math/rand/v2"
	"time"
)

// Workload draws what is built and how long it takes. It is called in the order of time.
type Workload interface {
	// Next returns the next build, which may belong to a mass rebuild.
	Next(mass bool) BuildSpec
	// Run draws how long a task runs. The median is that of such runs at that time, given
	// everything but chance and the host.
	Run(r *Run, now time.Time) (took, median time.Duration)
}

// BuildSpec is the package, target and arches of a build.
type BuildSpec struct {
	Package, Target string
	Arches          []string
	Scratch         bool
	// Mass reports that it belongs to a mass rebuild, which has a lower priority.
	Mass bool
	// Fails reports that one of its arches will fail.
	Fails bool
}

// Run is a starting run of a task.
type Run struct {
	Method    string
	Arch      string
	BuildSpec *BuildSpec
	Speed     float64 // of its host: 1 is normal, more is faster
	Busy      float64 // the share of its host that other tasks use
}

// pick returns a random item of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// between returns a uniformly distributed number.
func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

// seconds returns a duration of at least one second.
func seconds(s float64) time.Duration {
	return time.Duration(max(1, min(s, 14*24*3600)) * float64(time.Second))
}

// zipf returns low numbers more often, because some packages are built more often.
func zipf(r *rand.Rand, n int) *rand.Zipf { return rand.NewZipf(r, 1.2, 12, uint64(n-1)) }
