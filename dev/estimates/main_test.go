package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates/score"
)

// TestJudge: every contender is asked the same questions, kojiwatch has an answer to
// nearly all, and the same seed has the same outcome.
func TestJudge(t *testing.T) {
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			var tables [2]bytes.Buffer
			for i := range tables {
				r := judge(simulation.New(3, w.make(3)), 200, 400)
				if err := r.print(&tables[i]); err != nil {
					t.Fatal(err)
				}
				of := func(name string) score.Key { return score.Key{Method: "build", Basis: name, Moment: score.Open} }
				if n := r.asked[of("kojiwatch")]; n < 200 || n != r.asked[of("txkoji")] || n != r.asked[of("hub average")] {
					t.Errorf("asked %v", r.asked)
				}
				got := r.card.Get(of("kojiwatch"))
				if got.Ratios.Count() < 9*uint64(r.asked[of("kojiwatch")])/10 { //nolint:gosec // a count
					t.Errorf("answers to %d of %d", got.Ratios.Count(), r.asked[of("kojiwatch")])
				}
			}
			if tables[0].String() != tables[1].String() || strings.Count(tables[0].String(), "\n") < 18 {
				t.Errorf("got\n%s\nand\n%s", &tables[0], &tables[1])
			}
		})
	}
}
