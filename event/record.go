package event

import "github.com/kojiwatch/kojiwatch/koji"

// Record holds an event and the memory for its parts, so that a parser can fill them without
// allocating. It can be reused once the event is no longer in use.
type Record struct {
	Event
	task  koji.Task
	build koji.Build
	repo  Repo
	rpm   RPM
}

// Reset clears the event.
func (r *Record) Reset() { *r = Record{} }

// MakeTask returns the event's task, after adding an empty one if it has none. MakeBuild,
// MakeRepo and MakeRPM do the same for the other parts.
func (r *Record) MakeTask() *koji.Task {
	if r.Task == nil {
		r.Task = &r.task
	}
	return r.Task
}

// MakeBuild returns the event's build.
func (r *Record) MakeBuild() *koji.Build {
	if r.Build == nil {
		r.Build = &r.build
	}
	return r.Build
}

// MakeRepo returns the event's repository.
func (r *Record) MakeRepo() *Repo {
	if r.Repo == nil {
		r.Repo = &r.repo
	}
	return r.Repo
}

// MakeRPM returns the event's RPM.
func (r *Record) MakeRPM() *RPM {
	if r.RPM == nil {
		r.RPM = &r.rpm
	}
	return r.RPM
}
