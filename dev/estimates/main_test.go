package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestJudge checks that kojiwatch has an estimate for nearly all tasks, that it is better than
// the hub's average, and that the same seed has the same result.
func TestJudge(t *testing.T) {
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			var tables [2]bytes.Buffer
			for i := range tables {
				s := simulation.New(3, w.make(3), simulation.Setups()[0])
				r := judge(s, contenders(s), 200, 400)
				r.print(&tables[i], "test", new(summary))
				by := r.tallies[moment{method: "build", state: koji.TaskOpen}]
				got := by[withHub]
				if got.asked < 150 || got.asked != by["txkoji"].asked || 10*len(got.ratios) < 9*got.asked {
					t.Errorf("%d tasks, but estimates for %d", got.asked, len(got.ratios))
				}
				if theirs := by["hub average"].error(); got.error() > theirs {
					t.Errorf("error %.2f, that of the hub's average is %.2f", got.error(), theirs)
				}
			}
			if tables[0].String() != tables[1].String() || strings.Count(tables[0].String(), "\n") < 6 {
				t.Errorf("got\n%s\nand\n%s", &tables[0], &tables[1])
			}
		})
	}
}

// TestRestarts: a kojiwatch that begins anew answers for the same tasks as the one that ran on,
// and only when it has had its time.
func TestRestarts(t *testing.T) {
	s := simulation.New(3, simulation.NewLognormal(3), simulation.Setups()[0])
	r := judge(s, restarts(s), 200, 600)
	by := r.tallies[moment{method: "build", state: koji.TaskOpen}]
	for _, name := range []string{withHub, streamOnly} {
		on, anew := by[name], by[name+", anew"]
		if on.asked != anew.asked || 10*len(anew.ratios) < 9*len(on.ratios) || len(anew.ratios) < 20 || len(anew.ratios) > on.asked/2 {
			t.Errorf("%s: asked for %d and %d, answers to %d and to %d", name, on.asked, anew.asked, len(on.ratios), len(anew.ratios))
		}
		if anew.error() > 1.5*on.error() {
			t.Errorf("%s: error %.2f, of one that ran on %.2f", name, anew.error(), on.error())
		}
	}
}

// TestLogs: a kojiwatch that sees logs is better than one that does not when tasks are nearly
// done.
func TestLogs(t *testing.T) {
	s := simulation.New(3, simulation.NewLognormal(3), simulation.Setups()[0])
	s.TellAlong(partsOfRun()...)
	r := judge(s, readers(s), 300, 300)
	by := r.tallies[moment{method: "buildArch", state: koji.TaskOpen, along: 0.9}]
	with, without := by[withHub+", logs"], by[withHub]
	if with.asked < 200 || with.asked != without.asked || with.error() > 0.8*without.error() {
		t.Errorf("%d and %d tasks, error %.2f with logs, %.2f without", with.asked, without.asked, with.error(), without.error())
	}
}
