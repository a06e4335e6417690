package history

import "github.com/cespare/xxhash/v2"

// Run describes what ran, as far as that affects its duration. Empty fields are unknown or do
// not apply.
type Run struct {
	Method  string
	Package string
	Target  string // the build target, or the tag of a method that is about one
	Arch    string
	Scratch bool
}

// key identifies an effect by a hash. The probability of a collision among a hundred thousand
// effects is about one in four thousand million.
type key uint64

// keyOf returns the key of an effect on some level of the facets given.
func keyOf(level byte, facets ...string) key {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write([]byte{level})
	for _, f := range facets {
		_, _ = d.WriteString(f)
		_, _ = d.Write([]byte{0})
	}
	return key(d.Sum64())
}

// effect is one term of the sum for a run.
type effect struct {
	key   key
	prior prior
}

// prior is the uncertainty of an effect that was never seen, and how fast it grows again.
type prior struct {
	variance float32 // of the effect between, say, packages, in squared logarithms
	perRun   float32 // by how much the variance grows with each run
	perDay   float32 // and with each day
}

// The priors. They are wide: what is there to be learnt decides after a few runs.
// A logarithm of 0.1 is about a tenth of the duration.
var (
	ofMethod        = prior{4, 1e-5, 0}
	ofScratch       = prior{0.05, 1e-5, 0}
	ofArch          = prior{0.25, 1e-5, 0}
	ofTarget        = prior{0.04, 2e-5, 0}
	ofSubject       = prior{1, 2e-3, 2e-4} // a target or tag where there is no package
	ofPackage       = prior{1.5, 2e-3, 2e-4}
	ofPackageArch   = prior{0.03, 3e-4, 1e-4}
	ofPackageTarget = prior{0.01, 2e-4, 1e-4}
)

// maxEffects is the maximum number of effects of a run.
const maxEffects = 7

// effects appends the effects of a run, the general ones first, and returns the place
// of the one that the noise belongs to.
func (r *Run) effects(dst []effect) (list []effect, subject int) {
	dst = append(dst, effect{keyOf('m', r.Method), ofMethod})
	if r.Scratch {
		dst = append(dst, effect{keyOf('s', r.Method), ofScratch})
	}
	if r.Package == "" && r.Target == "" {
		if r.Arch != "" { // apart from what packages are on it: that is about the arch alone
			dst = append(dst, effect{keyOf('u', r.Method, r.Arch), ofSubject})
		}
		return dst, len(dst) - 1
	}
	if r.Arch != "" {
		dst = append(dst, effect{keyOf('a', r.Method, r.Arch), ofArch})
	}
	if r.Package == "" {
		dst = append(dst, effect{keyOf('t', r.Method, r.Arch, r.Target), ofSubject})
		return dst, len(dst) - 1
	}
	if r.Target != "" {
		dst = append(dst, effect{keyOf('t', r.Method, r.Arch, r.Target), ofTarget})
	}
	subject = len(dst)
	dst = append(dst, effect{keyOf('p', r.Method, r.Package), ofPackage})
	if r.Arch != "" {
		dst = append(dst, effect{keyOf('q', r.Method, r.Package, r.Arch), ofPackageArch})
	}
	if r.Target != "" {
		dst = append(dst, effect{keyOf('r', r.Method, r.Package, r.Arch, r.Target), ofPackageTarget})
	}
	return dst, subject
}
