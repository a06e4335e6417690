package filter

import "github.com/kojiwatch/kojiwatch/event"

// People says whose work is whose. Names may hold * and ?.
type People struct {
	// Mine lists the users whose work the predicate mine matches.
	Mine []string
	// Automatic lists the accounts of programs.
	Automatic []string
}

// IsMine reports whether the event's task, build or package is owned by one of
// the configured users, or the event was caused by one.
func (p *People) IsMine(e *event.Event) bool { return anyOwner(p.Mine, e) }

// IsAutomatic reports whether a program is behind the event: it owns the task,
// build or package, or it did what happened.
func (p *People) IsAutomatic(e *event.Event) bool { return anyOwner(p.Automatic, e) }

func anyOwner(names []string, e *event.Event) bool {
	return len(names) > 0 && (anyGlob(names, e.User.Name) || owned(names, e))
}

// owned reports whether one of the names owns what the event is about. The
// submitter of a build is no owner: it is the account that imported the build.
func owned(names []string, e *event.Event) bool {
	return e.Task != nil && anyGlob(names, e.Task.Owner.Name) ||
		e.Build != nil && anyGlob(names, e.Build.Owner.Name) ||
		anyGlob(names, e.Owner.Name)
}

// IsScratch reports whether what the event is about is known to be thrown away.
// A build never is: Koji keeps no record of scratch builds.
func IsScratch(e *event.Event) bool { return e.Task != nil && e.Task.Scratch().Value }

// IsTopLevel reports whether the event is about no task that is part of another.
func IsTopLevel(e *event.Event) bool { return e.Task == nil || e.Task.Parent == 0 }
