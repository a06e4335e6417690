package config

import (
	"reflect"
	"strings"
)

// nearest returns the candidate that a mistyped word most likely meant, or "" if
// none is close.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, candidate := range candidates {
		if distance := editDistance(word, candidate); distance < bestDistance {
			best, bestDistance = candidate, distance
		}
	}
	return best
}

// editDistance counts the letters to insert, delete, replace or swap with their
// neighbour that make one word of the other.
func editDistance(a, b string) int {
	var older []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, last = last, row
	}
	return last[len(b)]
}

// homeOf returns where in the file a key belongs, as in sinks[].queue, or "" if
// there is no such key anywhere.
func homeOf(key string) string {
	return homeBelow(fieldsOf(reflect.TypeFor[Config]()), "", key)
}

func homeBelow(fields []field, around, key string) string {
	for _, f := range fields {
		if f.name == key {
			if around == "" {
				return "the top of the file"
			}
			return around
		}
	}
	for _, f := range fields {
		name := join(around, f.name)
		if f.kind == kindSections {
			name += "[]"
		}
		if home := homeBelow(f.keys, name, key); home != "" {
			return home
		}
	}
	return ""
}

// listed writes words as a sentence does: a, b and c.
func listed(last string, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " " + last + " " + words[end]
}
