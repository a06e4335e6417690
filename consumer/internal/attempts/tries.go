package attempts

import "time"

// Tries counts the failed attempts at a delivery. It is kept over sessions and, as JSON, over
// restarts.
type Tries struct {
	All    int       `json:"all"`    // attempts that failed
	Alone  int       `json:"alone"`  // of these, those that count
	Shared int       `json:"shared"` // of these, those that count a tenth
	First  time.Time `json:"first"`  // when the first of all failed
	Last   time.Time `json:"last"`
	Since  time.Time `json:"since"` // when the first that counts failed
	// Together is the maximum size of a batch with this delivery; 0 is no limit.
	Together int `json:"together,omitempty"`
}

// Blame is how far one delivery is responsible for a failed attempt.
type Blame uint8

// The kinds of blame.
const (
	NotBlamed   Blame = iota // the sink as a whole fails, or the batch
	BlameShared              // it failed by itself, and so do others
	BlameAlone               // it failed by itself
)

// Note counts a failed attempt.
func (t *Tries) Note(b Blame, now time.Time) {
	if t.All++; t.All == 1 {
		t.First = now
	}
	t.Last = now
	if b == NotBlamed {
		return
	}
	if t.Counted() == 0 {
		t.Since = now
	}
	if b == BlameAlone {
		t.Alone++
	} else {
		t.Shared++
	}
}

// Counted returns the number of failures for which the delivery is blamed.
func (t *Tries) Counted() int { return t.Alone + t.Shared }
