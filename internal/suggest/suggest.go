// Package suggest finds the known word that was probably meant by a misspelt one.
package suggest

// Nearest returns the known word that is most similar to word, or "" if none is similar.
func Nearest(word string, known []string) string {
	best, nearest := "", max(1, len(word)/3)+1
	for _, candidate := range known {
		if d := distance(word, candidate); d < nearest {
			best, nearest = candidate, d
		}
	}
	return best
}

// Meant returns the end of an error message that suggests a known word, or "" if none is
// similar.
func Meant(word string, known []string) string {
	best := Nearest(word, known)
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance returns the edit distance of two words: the number of letters to insert, delete,
// replace or swap with their neighbour.
func distance(a, b string) int {
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
