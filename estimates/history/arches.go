package history

import (
	"slices"
	"strings"
)

// LearnArches records the arches that a package was last built for, by target.
func (m *Model) LearnArches(r *Run, arches []string) {
	list := slices.Clone(arches)
	slices.Sort(list)
	text := strings.Join(slices.Compact(list), " ")
	if len(text) > maxArches {
		return
	}
	for _, k := range archKeys(r) {
		m.setArches(k, text)
	}
	m.countArches(text)
}

// countArches counts a list of arches among the recent ones.
func (m *Model) countArches(text string) {
	if m.usual[text]++; m.usual[text] < lately {
		return
	}
	for other, n := range m.usual {
		if m.usual[other] = n / 2; n < 2 {
			delete(m.usual, other)
		}
	}
}

// lately is the number of builds after which earlier counts are halved.
const lately = 200

// UsualArches returns the list of arches that packages are built for most often.
func (m *Model) UsualArches() []string {
	most := ""
	for text, n := range m.usual {
		if n > m.usual[most] || n == m.usual[most] && text < most {
			most = text
		}
	}
	return strings.Fields(most)
}

// common is the minimum share of builds for a list of arches to be likely.
const common = 0.1

// CommonArches returns the lists of arches that an unknown package may be built for, each with
// its share of builds, 0 to 1. It omits rare ones.
func (m *Model) CommonArches() map[string]float64 {
	all := 0
	for _, n := range m.usual {
		all += n
	}
	lists := map[string]float64{}
	for text, n := range m.usual {
		if share := float64(n) / float64(all); share >= common {
			lists[text] = share
		}
	}
	return lists
}

// maxArches is the maximum length of the text of a list of arches, in bytes.
const maxArches = 200

// archKeys returns the keys of the package for its target and for any target.
func archKeys(r *Run) [2]key {
	return [2]key{keyOf('A', r.Package, r.Target), keyOf('B', r.Package)}
}

func (m *Model) setArches(k key, text string) {
	if m.arches[k] == text {
		return
	}
	if len(m.arches) >= m.maxStates/2 {
		clear(m.arches) // the next builds tell again
	}
	if known, ok := m.archTexts[text]; ok {
		text = known // a few texts serve all packages
	} else if len(m.archTexts) < maxArchTexts {
		m.archTexts[text] = text
	}
	m.arches[k] = text
	if m.touchedArches != nil {
		m.touchedArches[k] = struct{}{}
	}
}

const maxArchTexts = 5000

// Arches returns the arches that a package will be built for: those of its last build for the
// target, else of its last build. It is empty if they are unknown.
func (m *Model) Arches(r *Run) []string {
	for _, k := range archKeys(r) {
		if text := m.arches[k]; text != "" {
			return strings.Fields(text)
		}
	}
	return nil
}
