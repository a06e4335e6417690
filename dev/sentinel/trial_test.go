package main

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

// TestTrial checks that a sentinel finds most faults of a small build system, with few
// false alarms.
func TestTrial(t *testing.T) {
	one := newTrial(simulation.New(3, simulation.NewLognormal(3), simulation.Setups()[1]), false)
	one.judge(500, 100, 1)
	made, found := total(one.score.made), total(one.score.found)
	if made < 8 || found < made-1 || one.score.falseAlarms > 2 {
		t.Errorf("%d of %d faults found, %d false alarms: %+v", found, made, one.score.falseAlarms, one.score)
	}
}
