// Package suggest finds the word that somebody meant who wrote another one.
package suggest

// Meant asks whether another word was meant, as the end of an error message, or
// is empty if none is near.
func Meant(word string, known []string) string {
	best, nearest := "", len(word)/3+2
	for _, candidate := range known {
		if d := distance(word, candidate); d < nearest {
			best, nearest = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance counts the letters to insert, delete or replace that make one word of
// the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
