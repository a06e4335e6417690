package config

import (
	"reflect"
	"strings"
)

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
