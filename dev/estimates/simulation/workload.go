package simulation

import (
	"math/rand/v2"
	"time"
)

// Workload says what is built and how long it takes. It is asked in the order of time.
type Workload interface {
	// Next is the next build, which may be of a mass rebuild.
	Next(mass bool) BuildSpec
	// Run draws how long a task runs. The median is that of such runs at that time, for one
	// who knows all but chance and what host it will be.
	Run(r *Run, now time.Time) (took, median time.Duration)
}

// BuildSpec is the package, target and arches of a build.
type BuildSpec struct {
	Package, Target string
	Arches          []string
	Scratch         bool
	// Mass says that it is one of a mass rebuild, which goes after other builds.
	Mass bool
	// Fails says that one of its arches will fail.
	Fails bool
}

// Run is a task that begins to run.
type Run struct {
	Method    string
	Arch      string
	BuildSpec *BuildSpec
	Speed     float64 // of its host: 1 is usual, more is faster
	Busy      float64 // the share of its host that others use
}

// pick takes one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// between is evenly drawn.
func between(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

// seconds is a duration of at least one second.
func seconds(s float64) time.Duration {
	return time.Duration(max(1, min(s, 14*24*3600)) * float64(time.Second))
}

// zipf picks low numbers more often, as some packages are built more often.
func zipf(r *rand.Rand, n int) *rand.Zipf { return rand.NewZipf(r, 1.2, 12, uint64(n-1)) }
