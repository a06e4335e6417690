package main

import (
	"fmt"
	"io"
	"maps"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

// score is how a sentinel has fared.
type score struct {
	builds, mass, falseAlarms int
	made, found               map[simulation.FaultKind]int
	hidden                    map[simulation.FaultKind]int // that nobody could have seen within a day
}

func newScore() *score {
	return &score{
		made: map[simulation.FaultKind]int{}, found: map[simulation.FaultKind]int{}, hidden: map[simulation.FaultKind]int{},
	}
}

func (s *score) add(o *score) {
	s.builds, s.mass, s.falseAlarms = s.builds+o.builds, s.mass+o.mass, s.falseAlarms+o.falseAlarms
	for _, k := range simulation.FaultKinds() {
		s.made[k] += o.made[k]
		s.found[k] += o.found[k]
		s.hidden[k] += o.hidden[k]
	}
}

func total(m map[simulation.FaultKind]int) int {
	n := 0
	for v := range maps.Values(m) {
		n += v
	}
	return n
}

func (s *score) print(w io.Writer, name string) {
	_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d (%.1f in 1000)\t%d\t%d\n", name, s.builds, s.mass, s.falseAlarms,
		1000*float64(s.falseAlarms)/float64(max(1, s.builds)), total(s.found), total(s.made))
}

func (s *score) printFaults(w io.Writer) {
	for _, k := range simulation.FaultKinds() {
		_, _ = fmt.Fprintf(w, "%s: %d of %d, %d never showed\n", k, s.found[k], s.made[k], s.hidden[k])
	}
}
