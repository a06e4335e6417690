package koji

import "strings"

// SplitArches splits a list of arches, as in tags and requests, at spaces and commas. It
// returns nil for an empty list.
func SplitArches(text string) []string {
	arches := strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n'
	})
	if len(arches) == 0 {
		return nil
	}
	return arches
}
