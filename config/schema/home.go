package schema

import (
	"strings"
)

// homeOf returns the section that a key belongs to, such as sinks[].queue, or "" if no
// section has such a key.
func homeOf(fields []Field, around, key string) string {
	for _, f := range fields {
		if f.Name == key {
			if around == "" {
				return "the top of the file"
			}
			return around
		}
	}
	for _, f := range fields {
		name := Join(around, f.Name)
		if f.Kind == KindSections {
			name += "[]"
		}
		if home := homeOf(f.Keys, name, key); home != "" {
			return home
		}
	}
	return ""
}

// Listed joins words as in a sentence: a, b and c.
func Listed(last string, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	end := len(words) - 1
	return strings.Join(words[:end], ", ") + " " + last + " " + words[end]
}
