package forecast_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
)

func drawSpread(t *rapid.T, name string) forecast.Spread {
	likely := rapid.Int64Range(1, 1e6).Draw(t, name)
	wide := rapid.Float64Range(1, 20).Draw(t, name+" width")
	d := time.Duration(likely) * time.Second
	return forecast.Spread{Likely: d, Low: time.Duration(float64(d) / wide), High: time.Duration(float64(d) * wide)}
}

// TestAndIsBetween: two spreads together are most likely between the two, in the order of an
// interval, and an unknown one changes nothing.
func TestAndIsBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSpread(t, "a"), drawSpread(t, "b")
		got := a.And(b)
		if got.Likely < min(a.Likely, b.Likely)-1 || got.Likely > max(a.Likely, b.Likely)+1 || got.Low > got.Likely || got.High < got.Likely {
			t.Errorf("%v and %v are %v", a, b, got)
		}
		if a.And(forecast.Spread{}) != a || (forecast.Spread{}).And(b).Known() {
			t.Error("an unknown spread counts")
		}
	})
}

// TestWholeOfLog: the more of a log is there, the nearer is the end and the less is unknown.
func TestWholeOfLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0.5, 0.94).Draw(t, "share")
		size, half := drawSpread(t, "size"), drawSpread(t, "half")
		half.Likely, half.Low, half.High = half.Likely/1e6*3600, half.Low/1e6*3600, half.High/1e6*3600
		early := forecast.WholeOfLog(time.Hour, share, size, half, time.Hour)
		late := forecast.WholeOfLog(time.Hour, share+0.05, size, half, time.Hour)
		if early.Low > early.Likely || early.High < early.Likely || early.Likely < time.Hour || late.Likely > early.Likely {
			t.Errorf("after %.2f %v, later %v", share, early, late)
		}
	})
}
