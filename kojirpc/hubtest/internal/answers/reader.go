// Package answers computes the results of calls that only read, from a snapshot of a data
// set.
package answers

import "time"

// Reader answers calls that only read.
type Reader struct {
	DB           *Snapshot
	Now          time.Time
	NoAverageAge bool // like a hub before 1.23
}
