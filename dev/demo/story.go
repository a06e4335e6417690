package main

import "time"

// storyBegins is the start of the story, a Monday afternoon.
var storyBegins = time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)

// story returns an hour with a build for four arches, a scratch build, a failure, a new
// repository and a small rebuild.
func story() *stage {
	s := &stage{nextTask: 138_204_100, nextBuild: 2_871_400, nextRepo: 7_040_100}
	at := storyBegins.Add
	s.build(bash, at(0), 1.02, 6*minute)
	s.build(htop, at(3*minute), 0.9, 0)
	s.build(zsh, at(9*minute), 1.1, 0)
	s.repo("f44-build", at(34*minute), 1)
	s.build(attrs, at(38*minute), 1, 0)
	s.build(requests, at(38*minute+20*time.Second), 0.7, 0)
	s.build(rich, at(38*minute+40*time.Second), 1.6, 0)
	s.repo("f44-python-build", at(52*minute), 1.05)
	return s
}

// history returns builds of the days before the story.
func history() *stage {
	s := &stage{nextTask: 138_100_000, nextBuild: 2_870_000, nextRepo: 7_030_000}
	factors := []float64{0.93, 1.08, 1, 0.97, 1.05, 1.12, 0.9, 1.01}
	for day, factor := range factors {
		at := storyBegins.AddDate(0, 0, day-len(factors))
		for i, r := range []recipe{bash, htop, zsh, attrs, requests, rich} {
			r.failing = ""
			s.build(r, at.Add(time.Duration(i)*time.Hour), factors[(day+i)%len(factors)], 0)
		}
		s.repo("f44-build", at.Add(7*time.Hour), factor)
		s.repo("f44-python-build", at.Add(8*time.Hour), factor)
	}
	return s
}
