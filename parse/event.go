package parse

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// errMisfit reports that a body is valid JSON but not suitable for its kind of event.
var errMisfit = errors.New("the body does not fit")

// event reads a whole body into an event of the given kind.
func (r *reader) event(e *event.Record, body []byte, k kind, props properties) error {
	e.Reset()
	e.Type, e.Dialect = k.event, k.dialect
	r.reset(body)
	object := r.isObject()
	if k.event == event.Unknown || !object {
		r.skip()
	} else {
		r.members(e)
	}
	switch err := r.end(); {
	case err != nil:
		return err
	case k.event == event.Unknown:
		return nil
	case !object:
		return misfit(k, "it is not an object")
	case r.otherAttribute(e.Type):
		instance := e.Instance
		e.Reset()
		e.Type, e.Dialect, e.Instance = event.Unknown, k.dialect, instance
		return nil
	case !k.sure && !r.isKojis(e, k):
		return misfit(k, "it is not Koji's")
	}
	fill(e, props)
	settle(e)
	return check(e, k)
}

// otherAttribute reports whether another attribute than the state changed, such as the owner
// or the weight. Then old and new are not states, and must not be mistaken for them.
func (r *reader) otherAttribute(t event.Type) bool {
	change := t == event.TaskStateChange || t == event.BuildStateChange
	return change && r.said.attribute != "" && r.said.attribute != "state"
}

// isKojis reports whether a body looks like one of Koji's. It is used for messages that may
// come from other senders, which may use the same names and topics as Koji.
func (r *reader) isKojis(e *event.Record, k kind) bool {
	switch e.Type {
	case event.TaskStateChange, event.BuildStateChange:
		return e.New != "" && (r.said.info || k.topical && r.said.attribute != "")
	case event.PackageListChange:
		return e.Action != "" || k.topical
	case event.RPMSign:
		return e.RPM != nil && e.RPM.NVR() != "" || k.topical
	case event.RepoInit, event.RepoDone:
		return k.topical || e.Repo != nil && !e.Repo.Tag.IsZero()
	}
	return e.Build != nil && e.Build.NVR != "" || k.topical
}

// settle makes the record consistent with the change: hubs before 1.17 send the record from
// before the change. It also removes the end time of a task or build that has not ended.
func settle(e *event.Record) {
	switch e.Type {
	case event.TaskStateChange:
		t := e.Task
		if s := koji.TaskStateNamed(e.New); s != koji.TaskUnknown {
			t.State = s
		}
		if t.State != koji.TaskUnknown && !t.State.Final() {
			t.Ended = koji.Task{}.Ended
		}
	case event.BuildStateChange:
		b := e.MakeBuild()
		if s := koji.BuildStateNamed(e.New); s != koji.BuildUnknown {
			b.State = s
		}
		if b.State == koji.BuildBuilding {
			b.Ended = koji.Build{}.Ended
		}
	}
}

// check returns an error if the event lacks a field that its type requires.
func check(e *event.Record, k kind) error {
	switch e.Type {
	case event.TaskStateChange:
		if e.Task.ID == 0 {
			return misfit(k, "it names no task")
		}
	case event.BuildPromote:
		if e.Dialect != event.Fedora && noBuild(e.Build) { // Fedora's message has no build at all
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

func noBuild(b *koji.Build) bool { return b == nil || b.ID == 0 && b.Name == "" && b.NVR == "" }

func misfit(k kind, why string) error {
	return fmt.Errorf("%s message: %w: %s", k.event, errMisfit, why)
}
