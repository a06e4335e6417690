package history

import (
	"slices"
	"strings"
)

// LearnArches remembers for which arches a package was built last for a target.
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

// countArches notes a list of arches among those of late.
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

// lately is how often a list is seen until what was before counts half.
const lately = 200

// UsualArches returns for which arches packages are built most often.
func (m *Model) UsualArches() []string {
	most := ""
	for text, n := range m.usual {
		if n > m.usual[most] || n == m.usual[most] && text < most {
			most = text
		}
	}
	return strings.Fields(most)
}

// common is the share of builds below which a list of arches is no likely one.
const common = 0.1

// CommonArches returns the lists of arches that packages are built for, each with the share
// of builds that have it, but for rare ones: what an unknown package may be built for.
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

// maxArches bounds the text of a list of arches.
const maxArches = 200

// archKeys are those of the package for the target, and for any.
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

// Arches returns for which arches a package will be built: those of the last time for
// the target, else of the last time at all. It is empty where that is not known.
func (m *Model) Arches(r *Run) []string {
	for _, k := range archKeys(r) {
		if text := m.arches[k]; text != "" {
			return strings.Fields(text)
		}
	}
	return nil
}
