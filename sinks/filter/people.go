package filter

import "github.com/kojiwatch/kojiwatch/event"

// People lists the configured users. Names may contain * and ?.
type People struct {
	// Mine lists the users whose work the predicate mine selects.
	Mine []string
	// Automatic lists the accounts of programs.
	Automatic []string
}

// IsMine reports whether the event's task, build or package is owned by one of
// the configured users, or the event was caused by one.
func (p *People) IsMine(e *event.Event) bool { return anyOwner(p.Mine, e) }

// IsAutomatic reports whether a program owns the event's task, build or package, or
// caused the event.
func (p *People) IsAutomatic(e *event.Event) bool { return anyOwner(p.Automatic, e) }

func anyOwner(names []string, e *event.Event) bool {
	return len(names) > 0 && (anyGlob(names, e.User.Name) || owned(names, e))
}

// owned reports whether one of the names owns the event's task, build or package. The
// submitter of a build does not count: it is the account that imported the build.
func owned(names []string, e *event.Event) bool {
	return e.Task != nil && anyGlob(names, e.Task.Owner.Name) ||
		e.Build != nil && anyGlob(names, e.Build.Owner.Name) ||
		anyGlob(names, e.Owner.Name)
}

// IsScratch reports whether the event is about a task of a scratch build. Koji keeps no
// build records of scratch builds.
func IsScratch(e *event.Event) bool { return e.Task != nil && e.Task.Scratch().Value }

// IsTopLevel reports whether the event is not about a subtask.
func IsTopLevel(e *event.Event) bool { return e.Task == nil || e.Task.Parent == 0 }
