// Package suggest finds the word that was meant by a misspelt one.
package suggest

// Nearest returns the known word that was most likely meant, or "" if none is near.
func Nearest(word string, known []string) string {
	best, nearest := "", max(1, len(word)/3)+1
	for _, candidate := range known {
		if d := distance(word, candidate); d < nearest {
			best, nearest = candidate, d
		}
	}
	return best
}

// Meant returns the end of an error message that asks whether a known word was meant, or
// "" if none is near.
func Meant(word string, known []string) string {
	best := Nearest(word, known)
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour that make one word of the other.
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
