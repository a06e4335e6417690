package koji

import "strings"

// SplitArches takes a list of arches apart at spaces and commas, as tags and requests
// have it. An empty one is nil.
func SplitArches(text string) []string {
	arches := strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n'
	})
	if len(arches) == 0 {
		return nil
	}
	return arches
}
