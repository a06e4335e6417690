package koji

import (
	"cmp"
	"time"
)

// Task is a task. Its fields are those of the hub's record; its methods combine record,
// request and result.
type Task struct {
	ID       int64     // 0: not known
	Parent   int64     // 0: none, the task is top-level
	Method   string    // the kind of work: "build", "buildArch", …
	State    TaskState // TaskUnknown if the message does not have it
	Label    string    // distinguishes a task from its siblings: an arch, "srpm", "tag"; "" for top-level tasks
	Arch     string    // the arch by which the task is scheduled; not the arches for which it builds
	Owner    Ref
	Channel  Ref
	Host     Ref          // zero if no host is chosen yet
	Priority Opt[int64]   // lower runs first
	Weight   Opt[float64] // the capacity of a host that it uses
	Waiting  Opt[bool]    // the task waits for its children
	Created  time.Time    // zero: not known
	Started  time.Time    // when it was last opened; a FREE or ASSIGNED task may keep that of an earlier run
	Ended    time.Time    // when it was closed, failed or canceled; zero before
	URL      string       // kojiweb's page, if the message has it
	Request  Request
	Result   Result // of a closed task
}

// Ref returns the task's method and id.
func (t *Task) Ref() Ref { return Ref{ID: t.ID, Name: t.Method} }

// Package returns the name of the task's package: from its result, or else from its
// request. See Request.Package for how certain it is.
func (t *Task) Package() string {
	if n, ok := splitNVR(t.Result.NVR); ok {
		return n.Name
	}
	return t.Request.Package
}

// NVR returns the name-version-release of the task's result, or else of its request.
func (t *Task) NVR() string { return cmp.Or(t.Result.NVR, t.Request.NVR) }

// Source returns the task's source, without credentials: with the resolved revision of
// its result, or else as in its request.
func (t *Task) Source() string { return cmp.Or(t.Result.Source, t.Request.Source) }

// Scratch reports whether the task is for a scratch build. It is unknown if only the
// parent task's request has it.
func (t *Task) Scratch() Opt[bool] { return t.Request.Scratch }

// Arches returns the arches of the task: those in its request, or else the label if it
// is an arch.
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

// Tag returns the tag of the task; see Request.Tag.
func (t *Task) Tag() Ref { return t.Request.Tag }

// Target returns the build target of the task.
func (t *Task) Target() Ref { return t.Request.Target }

// BuildID returns the build created by the task if there is exactly one, or else the
// build in its request; 0 if there is none.
func (t *Task) BuildID() int64 {
	if len(t.Result.BuildIDs) == 1 {
		return t.Result.BuildIDs[0]
	}
	return t.Request.BuildID
}

// RepoID returns the repository created by the task, or else the one in its request; 0
// if there is none.
func (t *Task) RepoID() int64 {
	if t.Result.RepoID != 0 {
		return t.Result.RepoID
	}
	return t.Request.RepoID
}

// WorkArch returns the arch in the task's request, or else the arch by which the task is
// scheduled.
func (t *Task) WorkArch() string { return cmp.Or(t.Request.Arch, t.Arch) }

// Duration returns how long the task ran, from when it was last opened to its end. It is
// unknown for a task that has not started or not ended.
func (t *Task) Duration() Opt[time.Duration] { return span(t.Started, t.Ended) }

// span returns the time between two times; unknown if one of them is zero or they are
// not in order.
func span(from, to time.Time) Opt[time.Duration] {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return Opt[time.Duration]{}
	}
	return Some(to.Sub(from))
}
