package attempts

import "time"

// Tries tells what has been spent on a delivery. It is kept over sessions and, as
// JSON, over restarts.
type Tries struct {
	All    int       `json:"all"`    // attempts that failed
	Alone  int       `json:"alone"`  // of these, those that count
	Shared int       `json:"shared"` // of these, those that count a tenth
	First  time.Time `json:"first"`  // when the first of all failed
	Last   time.Time `json:"last"`
	Since  time.Time `json:"since"` // when the first that counts failed
	// Together is how many deliveries at most are tried together, itself included;
	// 0 is any number.
	Together int `json:"together,omitempty"`
}

// Blame says what a failed attempt tells of one delivery.
type Blame uint8

// The kinds of blame.
const (
	NotBlamed   Blame = iota // the sink as a whole fails, or the batch
	BlameShared              // it failed by itself, and so do others
	BlameAlone               // it failed by itself
)

// Note notes a failed attempt.
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

// Counted returns how many failures count.
func (t *Tries) Counted() int { return t.Alone + t.Shared }
