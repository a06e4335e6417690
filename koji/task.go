package koji

import (
	"cmp"
	"time"
)

// Task is one task of the build system. Its fields are those of the hub's
// record; its methods put together what record, request and result say.
type Task struct {
	ID       int64     // 0: not known
	Parent   int64     // 0: none, the task is top-level
	Method   string    // what kind of work, "build", "buildArch", …
	State    TaskState // TaskUnknown where the message does not say
	Label    string    // what tells a task from its siblings: an arch, "srpm", "tag"; "" on top-level tasks
	Arch     string    // the arch by which the task is scheduled; not the arches it builds for
	Owner    Ref
	Channel  Ref
	Host     Ref          // zero before a host is chosen
	Priority Opt[int64]   // lower runs first
	Weight   Opt[float64] // share of a host's capacity
	Waiting  Opt[bool]    // the task sleeps for its children
	Created  time.Time    // zero: not known
	Started  time.Time    // when it was last opened; a FREE or ASSIGNED task may keep that of an earlier run
	Ended    time.Time    // when it was closed, failed or canceled; zero before
	URL      string       // kojiweb's page where the message brings it
	Request  Request      // what the request says
	Result   Result       // what the result says, once closed
}

// Ref returns the task's method and id.
func (t *Task) Ref() Ref { return Ref{ID: t.ID, Name: t.Method} }

// Package returns the name of the package the task works on: of what it made,
// else of what it was asked for. See Request.Package for how certain that is.
func (t *Task) Package() string {
	if n, ok := splitNVR(t.Result.NVR); ok {
		return n.Name
	}
	return t.Request.Package
}

// NVR returns the name-version-release of what the task made, else of what it
// was asked for.
func (t *Task) NVR() string { return cmp.Or(t.Result.NVR, t.Request.NVR) }

// Source returns what the task builds from: with the revision that its result
// resolved, else as it was asked for. There are no credentials in it.
func (t *Task) Source() string { return cmp.Or(t.Result.Source, t.Request.Source) }

// Scratch reports whether what the task makes is thrown away. It is unknown
// where only the parent task can say it.
func (t *Task) Scratch() Opt[bool] { return t.Request.Scratch }

// Arches returns the arches the task works for: those its request lists or
// names, else the label where that is an arch.
func (t *Task) Arches() []string {
	switch {
	case len(t.Request.Arches) > 0:
		return t.Request.Arches
	case t.Request.Arch != "":
		return []string{t.Request.Arch}
	case t.Label != "" && isPerArch(t.Method):
		return []string{t.Label}
	}
	return nil
}

// Tag returns the tag the task is about; see Request.Tag.
func (t *Task) Tag() Ref { return t.Request.Tag }

// Target returns the build target the task was given.
func (t *Task) Target() Ref { return t.Request.Target }

// BuildID returns the build the task made if it made one, else the build it was
// told to work on, else 0.
func (t *Task) BuildID() int64 {
	if len(t.Result.BuildIDs) == 1 {
		return t.Result.BuildIDs[0]
	}
	return t.Request.BuildID
}

// RepoID returns the repository the task made, else the one it works with, else
// 0.
func (t *Task) RepoID() int64 {
	if t.Result.RepoID != 0 {
		return t.Result.RepoID
	}
	return t.Request.RepoID
}

// WorkArch returns the arch the work is for: the one its request names, else
// the one by which the task is scheduled.
func (t *Task) WorkArch() string { return cmp.Or(t.Request.Arch, t.Arch) }

// Duration returns how long the task ran, from when it was last opened to its
// end. It is unknown for a task that has not run or not ended.
func (t *Task) Duration() Opt[time.Duration] { return span(t.Started, t.Ended) }

// span returns the time between two known times in order.
func span(from, to time.Time) Opt[time.Duration] {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return Opt[time.Duration]{}
	}
	return Some(to.Sub(from))
}
