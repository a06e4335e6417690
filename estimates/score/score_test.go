package score_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/estimates/score"
)

var key = score.Key{Method: "build", Basis: "history", Moment: score.Open}

func all(score.Key) bool { return true }

func TestScore(t *testing.T) {
	for name, tt := range map[string]struct {
		likely       []time.Duration // of a truth of 100 s
		err, bias    float64
		inside       uint64 // 80 to 120 s
		below, above uint64
	}{
		"none":               {},
		"right":              {likely: []time.Duration{100 * time.Second}, inside: 1},
		"a fifth too long":   {likely: []time.Duration{120 * time.Second}, err: 0.2, bias: 0.2, inside: 1},
		"a fifth too short":  {likely: []time.Duration{80 * time.Second}, err: 0.2, bias: -0.2, above: 1},
		"half":               {likely: []time.Duration{50 * time.Second}, err: 0.5, bias: -0.5, above: 1},
		"double":             {likely: []time.Duration{200 * time.Second}, err: 1, bias: 1, below: 1},
		"off to both sides":  {likely: []time.Duration{50 * time.Second, 100 * time.Second, 200 * time.Second}, err: 0.5, inside: 1, below: 1, above: 1},
		"nothing was likely": {likely: []time.Duration{0}, err: 0.99, bias: -0.99, above: 1},
		"absurd":             {likely: []time.Duration{1 << 62}, err: 402, bias: 402, below: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var c score.Card
			for _, d := range tt.likely {
				c.Add(key, score.Estimate{Likely: d, Low: d / 5 * 4, High: d / 5 * 6}, 100*time.Second)
			}
			got := c.Of(all)
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 0.011*(1+math.Abs(want)) {
					t.Errorf("%s: got %v, want %v", what, got, want)
				}
			}
			near("error", got.Ratios.MedianError(), tt.err)
			near("bias", got.Ratios.Bias(), tt.bias)
			if got.Inside != tt.inside || got.Below != tt.below || got.Above != tt.above {
				t.Errorf("got %d inside, %d below, %d above", got.Inside, got.Below, got.Above)
			}
			if n := uint64(len(tt.likely)); got.Ratios.Count() != n || got.Ratios.AtMost(1e9) != n {
				t.Errorf("got %d and %d, want %d", got.Ratios.Count(), got.Ratios.AtMost(1e9), n)
			}
		})
	}
}

// TestManyMethods: names come from messages, so what is kept of them is bounded.
func TestManyMethods(t *testing.T) {
	var c score.Card
	for i := range 10_000 {
		c.Add(score.Key{Method: strings.Repeat("x", i), Moment: score.Open}, score.Estimate{}, time.Second)
	}
	sum := c.Of(all)
	if n := len(c.Keys()); n > 2001 || sum.Ratios.Count() != 10_000 {
		t.Errorf("%d keys with %d estimates", n, sum.Ratios.Count())
	}
}

// TestReadWhatWasWritten: a card that was written down and read is the same, and a
// copy does not change with it.
func TestReadWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c score.Card
		seconds := rapid.Int64Range(-10, 1e6)
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			k := score.Key{
				Method: rapid.SampledFrom([]string{"build", "", "odd\x00"}).Draw(t, "method"),
				Basis:  rapid.SampledFrom([]string{"history", "constant"}).Draw(t, "basis"),
				Moment: rapid.SampledFrom(score.Moments()).Draw(t, "moment"),
			}
			draw := func(name string) time.Duration { return time.Duration(seconds.Draw(t, name)) * time.Second }
			c.Add(k, score.Estimate{Likely: draw("likely"), Low: draw("low"), High: draw("high")}, draw("truth"))
			c.AddBaseline(k, draw("baseline"), draw("truth"))
		}
		text, err := json.Marshal(&c)
		if err != nil {
			t.Fatal(err)
		}
		var read score.Card
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		copied := read.Clone()
		read.Add(key, score.Estimate{}, time.Second)
		again, err := json.Marshal(copied)
		if err != nil || string(again) != string(text) {
			t.Errorf("%v\n%s became\n%s", err, text, again)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`[{"method":"build","basis":"history","moment":"open","inside":1,"below":0,"above":0,"ratios":{"3":1}}]`))
	f.Add([]byte(`[{"moment":"open","inside":18446744073709551615,"above":1,"ratios":{}}]`))
	f.Add([]byte(`[{"moment":"never"}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var c score.Card
		if json.Unmarshal(text, &c) != nil {
			return
		}
		for _, k := range c.Keys() {
			got := c.Of(func(o score.Key) bool { return o == k })
			if e := got.Ratios.MedianError(); e < 0 || math.IsNaN(e) {
				t.Errorf("%+v has the error %v", k, e)
			}
			if s := got.Coverage(); s < 0 || s > 1 {
				t.Errorf("%+v has the coverage %v", k, s)
			}
		}
	})
}
