package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestJudge: kojiwatch has an answer to nearly all, is better than its peers, and the same
// seed has the same outcome.
func TestJudge(t *testing.T) {
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			var tables [2]bytes.Buffer
			for i := range tables {
				r := judge(simulation.New(3, w.make(3), simulation.Setups()[0]), 200, 400)
				r.print(&tables[i], "test")
				by := r.tallies[moment{method: "build", state: koji.TaskOpen}]
				got := by[withHub]
				if got.asked < 150 || got.asked != by["txkoji"].asked || 10*len(got.ratios) < 9*got.asked {
					t.Errorf("asked %d, answers to %d", got.asked, len(got.ratios))
				}
				if peer, least := bestPeer(by); got.error() > least {
					t.Errorf("error %.2f, that of %s is %.2f", got.error(), peer, least)
				}
			}
			if tables[0].String() != tables[1].String() || strings.Count(tables[0].String(), "\n") < 6 {
				t.Errorf("got\n%s\nand\n%s", &tables[0], &tables[1])
			}
		})
	}
}
