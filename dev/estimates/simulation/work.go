package simulation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// work is a workload in which a package is an amount of work: setting up the root for the
// target, compiling and testing, on hosts that are shared with others, with a compiler cache
// that is warm after a build on the same arch, and tests that hang.
type work struct {
	r        *rand.Rand
	packages []workPackage
	setup    map[string]float64 // seconds by target
	targets  []string
	speed    map[string]float64 // of arches
	built    map[string]time.Time

	contention, cache, hang, failure float64
}

type workPackage struct {
	compile, test float64 // seconds on a usual host
	shape         float64 // of the noise: the more, the less
	noarch        bool
	growth        float64 // with each build
	skipTests     string  // the arch on which tests are skipped
}

// NewWork returns a random work workload.
func NewWork(seed uint64) Workload {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // to be the same each time
	w := &work{
		r: r, setup: map[string]float64{}, speed: map[string]float64{}, built: map[string]time.Time{},
		contention: between(r, 0.1, 0.6), cache: between(r, 0.6, 0.95), hang: between(r, 0.002, 0.01), failure: between(r, 0.02, 0.1),
	}
	for i := range 2 + r.IntN(6) {
		name := fmt.Sprintf("el%d", 7+i)
		w.targets, w.setup[name] = append(w.targets, name), between(r, 40, 160)
	}
	for _, arch := range Arches() {
		w.speed[arch] = between(r, 0.5, 1.6)
	}
	for range 600 + r.IntN(1200) {
		p := workPackage{
			compile: 60 * math.Pow(1/(1-r.Float64()*0.999), between(r, 0.6, 0.9)), // a heavy tail
			shape:   between(r, 8, 120), noarch: r.Float64() < 0.25, growth: between(r, -0.0005, 0.002),
		}
		if r.Float64() < 0.6 {
			p.test = p.compile * between(r, 0.1, 2)
		}
		if r.Float64() < 0.2 {
			p.skipTests = pick(r, Arches())
		}
		w.packages = append(w.packages, p)
	}
	return w
}

// Next implements Workload.
func (w *work) Next(mass bool) BuildSpec {
	n := len(w.packages)
	i := int(float64(n) * math.Pow(w.r.Float64(), 2.5)) // some are built more often
	j := BuildSpec{
		Target: pick(w.r, w.targets), Scratch: w.r.Float64() < 0.15 && !mass, Mass: mass,
		Fails: w.r.Float64() < w.failure, Arches: Arches(),
	}
	if mass {
		i, j.Target = w.r.IntN(n), w.targets[len(w.targets)-1]
	}
	p := &w.packages[i]
	p.compile *= 1 + p.growth
	j.Package = fmt.Sprint(i)
	if p.noarch {
		j.Arches = []string{"noarch"}
	}
	return j
}

// Run implements Workload.
func (w *work) Run(r *Run, now time.Time) (run, median time.Duration) {
	switch r.Method {
	case "buildSRPMFromSCM":
		usual := w.setup[r.BuildSpec.Target] + 20
		return seconds(usual * w.gamma(20) / r.Speed), seconds(usual)
	case "buildArch":
	default:
		return seconds(10 + 20*w.r.ExpFloat64()), seconds(10 + 20*math.Ln2)
	}
	var i int
	_, _ = fmt.Sscanf(r.BuildSpec.Package, "%d", &i)
	p := &w.packages[i]
	usual, took := p.compile, p.compile*w.gamma(p.shape)
	key := r.BuildSpec.Package + " " + r.Arch
	if now.Sub(w.built[key]) < 24*time.Hour {
		took, usual = took*w.cache, usual*w.cache
	}
	w.built[key] = now
	if p.skipTests != r.Arch {
		took, usual = took+p.test*w.gamma(p.shape), usual+p.test
	}
	slower := 1 + w.contention*r.Busy
	if s := w.speed[r.Arch]; s > 0 {
		slower /= s
	}
	took, usual = (w.setup[r.BuildSpec.Target]+took)*slower/r.Speed, (w.setup[r.BuildSpec.Target]+usual)*slower
	if w.r.Float64() < w.hang {
		took += between(w.r, 1, 6) * 3600
	}
	return seconds(took), seconds(usual)
}

// gamma draws from a gamma distribution of mean 1 (Wilson and Hilferty).
func (w *work) gamma(shape float64) float64 {
	c := 1 / (9 * shape)
	return math.Pow(max(0.05, 1-c+w.r.NormFloat64()*math.Sqrt(c)), 3)
}
