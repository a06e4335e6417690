package history_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/history"
)

// TestCanceledRunsTakeAtLeastAsLong: where many runs are broken off, the longer ones more often,
// those that end are too short a selection. What the others tell takes most of that away.
func TestCanceledRunsTakeAtLeastAsLong(t *testing.T) {
	const noise, systems = 0.3, 20
	off := func(takesIn bool) (sum float64) {
		for seed := range systems {
			r := rand.New(rand.NewPCG(uint64(seed), 2)) //nolint:gosec // to be the same each time
			m := history.New(0)
			at := start
			for range 60 {
				took := time.Duration(600 * math.Exp(noise*r.NormFloat64()) * float64(time.Second))
				broken := time.Duration(600 * math.Exp(noise*r.NormFloat64()) * float64(time.Second))
				switch {
				case took <= broken:
					m.Learn(bash("x86_64"), took, at)
				case takesIn:
					m.LearnAtLeast(bash("x86_64"), broken, at)
				}
				at = at.Add(24 * time.Hour)
			}
			sum += math.Log(expect(t, m, bash("x86_64"), at).Likely.Seconds()/600) / systems
		}
		return sum
	}
	without, with := off(false), off(true)
	if without > -0.1 || math.Abs(with) > -without/2 {
		t.Errorf("off by %.2f, and by %.2f without what was broken off", with, without)
	}
}

// TestOneHang: one run that hangs until it is canceled changes little, a second one like it
// what is expected; one canceled early, or of a package that nobody knows, changes nothing.
func TestOneHang(t *testing.T) {
	m := history.New(0)
	at := start
	for range 10 {
		m.Learn(bash("x86_64"), 20*time.Minute, at)
		at = at.Add(24 * time.Hour)
	}
	before := expect(t, m, bash("x86_64"), at)
	m.LearnAtLeast(bash("x86_64"), time.Minute, at)
	m.LearnAtLeast(&history.Run{Method: "buildArch", Package: "new", Arch: "x86_64", Target: "f44"}, 9*time.Hour, at)
	if x := expect(t, m, bash("x86_64"), at); x != before {
		t.Errorf("%+v after what tells nothing, %+v before", x, before)
	}
	m.LearnAtLeast(bash("x86_64"), 3*time.Hour, at)
	if x := expect(t, m, bash("x86_64"), at); x.Likely <= before.Likely || x.Likely > before.Likely*13/10 {
		t.Errorf("%s after one hang, %s before", x.Likely, before.Likely)
	}
	m.LearnAtLeast(bash("x86_64"), 3*time.Hour, at)
	if x := expect(t, m, bash("x86_64"), at); x.Likely < 90*time.Minute {
		t.Errorf("%s after two hangs of three hours", x.Likely)
	}
}
