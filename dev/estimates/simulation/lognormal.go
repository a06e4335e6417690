package simulation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// lognormal is a workload in which the logarithm of a duration is a sum of effects of the
// package, the arch, the target and their interactions, and of noise. The durations of
// packages drift and jump.
type lognormal struct {
	r        *rand.Rand
	popular  *rand.Zipf
	packages []logPackage
	arches   map[string]float64
	targets  []string
	target   map[string]float64

	jump, outlier, failure, scratch float64 // chances
}

type logPackage struct {
	name   string
	mean   float64 // of the logarithm of seconds on a usual arch
	noise  float64
	drift  float64 // with each build
	arches []string
	on     map[string]float64 // effects of the arches on it
}

// NewLognormal returns a random lognormal workload.
func NewLognormal(seed uint64) Workload {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // to be the same each time
	w := &lognormal{
		r: r, arches: map[string]float64{}, target: map[string]float64{},
		jump: between(r, 0.003, 0.02), outlier: between(r, 0.003, 0.02), failure: between(r, 0.02, 0.12), scratch: between(r, 0.05, 0.3),
	}
	for _, arch := range Arches() {
		w.arches[arch] = between(r, -0.4, 0.6)
	}
	for i := range 3 + r.IntN(5) {
		name := fmt.Sprintf("f%d", 40+i)
		w.targets, w.target[name] = append(w.targets, name), 0.12*r.NormFloat64()
	}
	spread := between(r, 0.8, 1.4)
	for i := range 800 + r.IntN(1500) {
		p := logPackage{
			name: fmt.Sprint("package", i), mean: math.Log(between(r, 250, 500)) + spread*r.NormFloat64(),
			noise: between(r, 0.03, 0.3), drift: between(r, 0, 0.03), on: map[string]float64{},
		}
		p.arches = Arches()
		if r.Float64() < 0.3 {
			p.arches = []string{"noarch"}
		}
		for _, arch := range p.arches {
			p.on[arch] = between(r, 0, 0.15) * r.NormFloat64()
		}
		w.packages = append(w.packages, p)
	}
	w.popular = zipf(r, len(w.packages))
	return w
}

// Next implements Workload.
func (w *lognormal) Next(mass bool) BuildSpec {
	p, target := &w.packages[w.popular.Uint64()], pick(w.r, w.targets)
	if mass {
		p, target = &w.packages[w.r.IntN(len(w.packages))], w.targets[len(w.targets)-1]
	}
	p.mean += p.drift * w.r.NormFloat64()
	if w.r.Float64() < w.jump {
		p.mean += 0.6 * w.r.NormFloat64()
	}
	return BuildSpec{
		Package: p.name, Target: target, Arches: p.arches, Mass: mass,
		Scratch: w.r.Float64() < w.scratch && !mass, Fails: w.r.Float64() < w.failure,
	}
}

// Run implements Workload.
func (w *lognormal) Run(r *Run, _ time.Time) (took, median time.Duration) {
	p := w.find(r.BuildSpec)
	var mean, noise float64
	switch r.Method {
	case "buildArch":
		mean, noise = p.mean+w.arches[r.Arch]+p.on[r.Arch]+w.target[r.BuildSpec.Target], p.noise
	case "buildSRPMFromSCM":
		mean, noise = math.Log(70)+0.1*p.mean/6, 0.25
	default:
		mean, noise = math.Log(25), 0.4
	}
	log := mean + noise*w.r.NormFloat64() - math.Log(r.Speed)
	if w.r.Float64() < w.outlier {
		log += math.Log(between(w.r, 2, 8))
	}
	return seconds(math.Exp(log)), seconds(math.Exp(mean))
}

func (w *lognormal) find(j *BuildSpec) *logPackage {
	var i int
	_, _ = fmt.Sscanf(j.Package, "package%d", &i)
	return &w.packages[i]
}
