package board

import (
	"slices"
	"time"
)

// Run is a build of a package that ended well.
type Run struct {
	Task      int64
	NVR       string
	Arch      string // "": the whole build
	Ended     time.Time
	Took      time.Duration
	Predicted time.Duration // when it started; 0: nothing was known
}

// runs are the last builds of packages.
type runs map[string][]Run

// The bounds of what is remembered of builds that ended.
const (
	maxRuns        = 60 // per package: ten builds on five arches, and as a whole
	maxRunPackages = 3000
)

// note notes a task that was closed. The list that was there is not changed: snapshots
// have it.
func (r runs) note(t *Task) {
	took := t.Ended.Sub(t.Started)
	if t.Method != "build" && t.Method != "buildArch" || t.Package == "" || t.Scratch || t.Started.IsZero() || took <= 0 {
		return
	}
	list, there := r[t.Package]
	if !there && len(r) >= maxRunPackages {
		return
	}
	n := Run{Task: t.ID, NVR: t.NVR, Ended: t.Ended, Took: took, Predicted: t.Predicted}
	if t.Method == "buildArch" {
		n.Arch = t.Arch
	}
	r[t.Package] = append(slices.Clone(list[max(0, len(list)-maxRuns+1):]), n)
}
