package event

import "github.com/kojiwatch/kojiwatch/koji"

// Record holds an event and the memory of its parts. A parser fills it without
// further allocations for them. Its owner may use it again once nobody uses the
// event any more.
type Record struct {
	Event
	task  koji.Task
	build koji.Build
	repo  Repo
	rpm   RPM
}

// Reset makes the event empty.
func (r *Record) Reset() { *r = Record{} }

// MakeTask returns the event's task, which is empty if it had none; MakeBuild,
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
