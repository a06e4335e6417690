// Package answers computes what the hub's calls that only read return, from a
// snapshot of a data set.
package answers

import "time"

// Reader answers calls that only read.
type Reader struct {
	DB           *Snapshot
	Now          time.Time
	NoAverageAge bool // the hub is one before 1.23
}
