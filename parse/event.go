package parse

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// errMisfit marks a body that is sound JSON but not what its kind of event
// holds.
var errMisfit = errors.New("the body does not fit")

// event reads a whole body into an event of the given kind.
func (r *reader) event(e *event.Record, body []byte, k kind, props properties) error {
	e.Reset()
	e.Type, e.Dialect = k.event, k.dialect
	r.reset(body)
	attribute := ""
	object := r.isObject()
	switch {
	case k.event == event.Unknown || !object:
		r.skip()
	case k.dialect == event.Fedora:
		attribute = r.fedora(e)
	default:
		attribute = r.callback(e)
	}
	if err := r.end(); err != nil {
		return err
	}
	if k.event != event.Unknown && !object {
		return misfit(k, "it is no object")
	}
	fill(e, props)
	if attribute != "" && attribute != "state" {
		// Somebody changed an owner or a weight: old and new are no states, and
		// nobody who waits for one must take them for it.
		instance := e.Instance
		e.Reset()
		e.Type, e.Dialect, e.Instance = event.Unknown, k.dialect, instance
		return nil
	}
	return check(e, k)
}

// fill adds to an event what only the message's properties say.
func fill(e *event.Record, props properties) {
	switch e.Type {
	case event.TaskStateChange:
		fillTask(e, props)
	case event.Tag, event.Untag, event.PackageListChange, event.BuildPromote:
		if e.User.IsZero() {
			e.User.Name = props.lookup("user").Str()
		}
	}
}

func fillTask(e *event.Record, props properties) {
	if e.Task == nil {
		id, _ := props.lookup("id").Int64()
		t := e.MakeTask()
		t.ID, t.Method = id, props.lookup("method").Str()
		e.Old = koji.TaskStateNamed(props.lookup("old").Str()).String()
		e.New = koji.TaskStateNamed(props.lookup("new").Str()).String()
	}
	if e.Task.State == koji.TaskUnknown {
		e.Task.State = koji.TaskStateNamed(e.New)
	}
}

// check reports what an event of its type cannot be without.
func check(e *event.Record, k kind) error {
	switch e.Type {
	case event.TaskStateChange:
		if e.Task.ID == 0 {
			return misfit(k, "it names no task")
		}
	case event.BuildPromote:
		if e.Dialect != event.Fedora && noBuild(e.Build) { // Fedora's says nothing at all
			return misfit(k, "it names no build")
		}
	case event.BuildStateChange, event.Import:
		if noBuild(e.Build) {
			return misfit(k, "it names no build")
		}
	case event.Tag, event.Untag:
		if noBuild(e.Build) || e.Tag.IsZero() {
			return misfit(k, "it names no build and tag")
		}
	case event.PackageListChange:
		if e.Package.IsZero() || e.Tag.IsZero() {
			return misfit(k, "it names no package and tag")
		}
	case event.RPMSign:
		if e.RPM == nil || e.RPM.Name == "" {
			return misfit(k, "it names no RPM")
		}
	case event.RepoInit, event.RepoDone:
		if e.Repo == nil || e.Repo.ID == 0 {
			return misfit(k, "it names no repository")
		}
	}
	return nil
}

func noBuild(b *koji.Build) bool { return b == nil || b.ID == 0 && b.Name == "" }

func misfit(k kind, why string) error {
	return fmt.Errorf("%s message: %w: %s", k.event, errMisfit, why)
}
