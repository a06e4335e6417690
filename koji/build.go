package koji

import "time"

// Build is a build of a package.
type Build struct {
	ID        int64 // 0: not known
	Name      string
	Version   string
	Release   string
	NVR       string     // name-version-release; empty only if one of the three is
	Epoch     Opt[int64] // also unknown if the build has none
	State     BuildState
	Owner     Ref // the user who started it
	Package   Ref
	TaskID    int64  // 0: none, or not known
	Source    string // SCM URL without credentials, or a source RPM's file name
	Requested string // the SCM URL as requested, before its branch was resolved to a revision
	Draft     Opt[bool]
	Volume    string
	CG        string   // the content generator that imported it
	Types     []string // "rpm", "image", "module", …; known only once the build is complete
	Tags      []string // names of the tags it is in
	Target    string   // name of the target it was built for
	Created   time.Time
	Started   time.Time
	Ended     time.Time
	URL       string
	Submitter string // the account that imported it, if the content generator names it
}

// Ref returns the build's id and NVR.
func (b *Build) Ref() Ref { return Ref{ID: b.ID, Name: b.NVR} }

// Duration returns how long the build took, from its start (or its creation, if the
// start is not known) to its end. It is unknown for a build that has not ended, and for
// a build that a content generator imported without a reservation, because such a build
// is created after its end.
func (b *Build) Duration() Opt[time.Duration] {
	if b.Started.IsZero() {
		return span(b.Created, b.Ended)
	}
	return span(b.Started, b.Ended)
}

// GitHash returns the revision of the source if it is a full git hash of 40 or 64
// hexadecimal digits; otherwise "", because the revision may also be a branch or that of
// another SCM.
func (b *Build) GitHash() string { return gitHash(b.Source) }
