package history_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates/history"
)

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func bash(arch string) *history.Run {
	return &history.Run{Method: "buildArch", Package: "bash", Target: "f44", Arch: arch}
}

// teach has each duration be learnt a day after the one before.
func teach(m *history.Model, r *history.Run, durations ...time.Duration) time.Time {
	at := start
	for _, d := range durations {
		m.Learn(r, d, at)
		at = at.Add(24 * time.Hour)
	}
	return at
}

func times(d time.Duration, n int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = d
	}
	return list
}

func near(t *testing.T, what string, got, want time.Duration, within float64) {
	t.Helper()
	if off := math.Abs(math.Log(got.Seconds() / want.Seconds())); off > within || math.IsNaN(off) {
		t.Errorf("%s: %v, want about %v", what, got, want)
	}
}

func expect(t *testing.T, m *history.Model, r *history.Run, at time.Time) history.Expectation {
	t.Helper()
	x, ok := m.Expect(r, at)
	if !ok {
		t.Fatalf("nothing is known of %+v", r)
	}
	return x
}

func TestNothingLearnt(t *testing.T) {
	if x, ok := history.New(0).Expect(bash("x86_64"), start); ok {
		t.Errorf("%+v", x)
	}
}

// TestWithoutPackage: what is known of packages on an arch says nothing of how long a run
// takes whose package is not known, but the method does.
func TestWithoutPackage(t *testing.T) {
	m := history.New(0)
	at := teach(m, bash("x86_64"), times(10*time.Minute, 5)...)
	near(t, "on a known arch", expect(t, m, &history.Run{Method: "buildArch", Arch: "x86_64"}, at).Likely, 10*time.Minute, 0.3)
	alone := history.Run{Method: "image", Arch: "s390x"}
	at = teach(m, &alone, times(time.Hour, 5)...)
	near(t, "a method without packages", expect(t, m, &alone, at).Likely, time.Hour, 0.1)
}

func TestOneOutlierDoesNotRule(t *testing.T) {
	m := history.New(0)
	at := teach(m, bash("x86_64"), append(times(10*time.Minute, 8), 60*time.Hour)...)
	x := expect(t, m, bash("x86_64"), at)
	near(t, "after a weekend in a queue", x.Likely, 10*time.Minute, 0.25)
}

func TestSecondOneLikeItRules(t *testing.T) {
	m := history.New(0)
	at := teach(m, bash("x86_64"), append(times(10*time.Minute, 8), times(30*time.Minute, 3)...)...)
	near(t, "after a version that takes longer", expect(t, m, bash("x86_64"), at).Likely, 30*time.Minute, 0.25)
}

// TestColdStart: a few runs of a package tell what it takes, however many others that
// take longer have been seen since.
func TestColdStart(t *testing.T) {
	m := history.New(0)
	at := start
	for n := range 5 {
		for p := range 20 {
			base := time.Duration(10*(p+1)) * time.Minute
			r := history.Run{Method: "buildArch", Package: string(rune('a' + p)), Target: "f44"}
			for i, arch := range []string{"x86_64", "s390x"} {
				r.Arch = arch
				m.Learn(&r, base*time.Duration(i+1), at)
			}
		}
		r := history.Run{Method: "buildArch", Package: "a", Target: "f44", Arch: "x86_64"}
		if x := expect(t, m, &r, at); n >= 2 {
			near(t, "10 minutes, seen three times or more", x.Likely, 10*time.Minute, 0.25)
			if spread := x.High.Seconds() / x.Low.Seconds(); spread > 4 {
				t.Errorf("the interval is %v to %v", x.Low, x.High)
			}
		}
	}
}

// TestBorrowing: what was never seen on an arch is expected to take what it takes
// elsewhere, times what the arch makes of other packages.
func TestBorrowing(t *testing.T) {
	m := history.New(0)
	at := start
	for i := range 300 {
		pkg := string(rune('a' + i%20))
		d := time.Duration(60+20*(i%20)) * time.Second
		m.Learn(&history.Run{Method: "buildArch", Package: pkg, Arch: "x86_64"}, d, at)
		m.Learn(&history.Run{Method: "buildArch", Package: pkg, Arch: "s390x"}, 3*d, at)
		at = at.Add(time.Hour)
	}
	r := history.Run{Method: "buildArch", Package: "new", Arch: "x86_64"}
	for range 4 {
		m.Learn(&r, 20*time.Minute, at)
	}
	r.Arch = "s390x"
	x := expect(t, m, &r, at)
	near(t, "on an arch that takes three times as long", x.Likely, time.Hour, 0.35)
	if x.Level != history.OfPackage {
		t.Errorf("level %d", x.Level)
	}
}

// TestInterval: in a noisy stream four runs in five are in the interval.
func TestInterval(t *testing.T) {
	m := history.New(0)
	random := rand.New(rand.NewPCG(1, 2))
	at, within, asked := start, 0, 0
	for i := range 6000 {
		pkg := i % 60
		r := history.Run{Method: "build", Package: string(rune('A' + pkg)), Target: "f44"}
		sigma := 0.1 + 0.005*float64(pkg)
		took := time.Duration(float64(600+pkg*30) * math.Exp(sigma*random.NormFloat64()) * 1e9)
		if x, ok := m.Expect(&r, at); ok && i > 1500 {
			asked++
			if x.Low <= took && took <= x.High {
				within++
			}
		}
		m.Learn(&r, took, at)
		at = at.Add(10 * time.Minute)
	}
	if share := float64(within) / float64(asked); share < 0.75 || share > 0.85 {
		t.Errorf("%.3f of %d were in the interval", share, asked)
	}
}

func TestBounded(t *testing.T) {
	m := history.New(1000)
	for i := range 5000 {
		r := history.Run{Method: "build", Package: string(rune(0x4e00 + i)), Target: "f44"}
		m.Learn(&r, time.Minute, start.Add(time.Duration(i)*time.Hour))
	}
	if m.Len() > 1000 {
		t.Errorf("%d effects", m.Len())
	}
}

// TestOrder: whatever was learnt, the interval is in order and nothing is absurd.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := history.New(1000)
		draw := func() *history.Run {
			pick := rapid.SampledFrom([]string{"", "a", "b"})
			return &history.Run{
				Method: rapid.SampledFrom([]string{"build", "newRepo"}).Draw(t, "method"), Package: pick.Draw(t, "package"),
				Target: pick.Draw(t, "target"), Arch: pick.Draw(t, "arch"), Scratch: rapid.Bool().Draw(t, "scratch"),
			}
		}
		at := start
		for range rapid.IntRange(1, 40).Draw(t, "runs") {
			m.Learn(draw(), time.Duration(rapid.Int64Range(-1e9, 4e16).Draw(t, "took")), at)
			at = at.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "later")))
		}
		if x, ok := m.Expect(draw(), at); ok && (x.Low > x.Likely || x.Likely > x.High || x.Low < 0 || x.Runs < 0) {
			t.Fatalf("%+v", x)
		}
	})
}

// TestLevelShift: a package that takes twice as long from now on is expected to after three
// builds, however much its runs differ and however long it was known.
func TestLevelShift(t *testing.T) {
	for _, noise := range []float64{0.02, 0.1, 0.2, 0.3} {
		for _, known := range []int{5, 20, 100} {
			off := 0.0
			const systems = 20
			for seed := range systems {
				r := rand.New(rand.NewPCG(uint64(seed), 1)) //nolint:gosec // to be the same each time
				m := history.New(0)
				at := start
				build := func(log float64) {
					for _, arch := range []string{"x86_64", "s390x"} {
						m.Learn(bash(arch), time.Duration(math.Exp(log+noise*r.NormFloat64())*float64(time.Second)), at)
					}
					at = at.Add(24 * time.Hour)
				}
				for range known {
					build(math.Log(600))
				}
				for range 3 {
					build(math.Log(1200))
				}
				off += math.Log(expect(t, m, bash("x86_64"), at).Likely.Seconds()/1200) / systems
			}
			if math.Abs(off) > 0.2 {
				t.Errorf("noise %.2f, known %d: off by %.2f", noise, known, off)
			}
		}
	}
}
