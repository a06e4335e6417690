package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// callback reads a body that holds the arguments of one of the hub's
// callbacks, as Koji's own plugins send it. It returns the attribute that
// changed, "" where the body names none.
//
// Source: kojihub.run_callbacks and its callers.
func (r *reader) callback(e *event.Event) (attribute string) {
	r.object(func(name []byte) {
		switch string(name) {
		case "attribute":
			attribute = r.str()
		case "old":
			e.Old = r.changed(e.Type)
		case "new":
			e.New = r.changed(e.Type)
		case "info":
			r.info(e)
		case "build":
			r.build(builds(e))
		case "tag":
			e.Tag = r.named()
		case "user":
			e.User = r.named()
		case "package":
			e.Package = r.named()
		default:
			r.callbackRare(e, name)
		}
	})
	if e.Repo != nil && e.Repo.Tag.IsZero() {
		e.Repo.Tag = e.Tag
	}
	return attribute
}

// callbackRare reads the arguments that only some callbacks have.
func (r *reader) callbackRare(e *event.Event, name []byte) {
	switch string(name) {
	case "action":
		e.Action = r.str()
	case "owner":
		setRef(&e.Owner, r.scalar())
	case "btypes":
		r.buildTypes(e)
	case "type":
		e.ImportType = r.str()
	case "rpm":
		sigkey := ""
		if e.RPM != nil {
			sigkey = e.RPM.SigKey
		}
		e.RPM = r.rpm()
		e.RPM.SigKey = sigkey
	case "sigkey":
		rpms(e).SigKey = r.str()
	case "draft_release":
		e.Old = r.str()
	case "target_release":
		e.New = r.str()
	default:
		r.callbackRepo(e, name)
	}
}

// callbackRepo reads the arguments of the callbacks about repositories.
func (r *reader) callbackRepo(e *event.Event, name []byte) {
	if e.Type != event.RepoInit && e.Type != event.RepoDone {
		r.skip()
		return
	}
	switch string(name) {
	case "repo":
		r.repo(&repos(e).Repo)
	case "repo_id":
		repos(e).ID = r.integer()
	case "task_id": // always null in RepoDone; the repository's own is right
		if id := r.integer(); id != 0 {
			repos(e).TaskID = id
		}
	case "expire":
		repos(e).Expired = r.flag()
	case "dist":
		repos(e).Dist = r.flag()
	default:
		r.skip()
	}
}

// info reads the record that a state change is about.
func (r *reader) info(e *event.Event) {
	switch e.Type {
	case event.TaskStateChange:
		e.Task = new(koji.Task)
		r.task(e.Task, nil)
	case event.BuildStateChange:
		r.build(builds(e))
	default:
		r.skip()
	}
}

// changed reads what an attribute was or became.
func (r *reader) changed(t event.Type) string {
	switch t {
	case event.TaskStateChange:
		return r.taskState()
	case event.BuildStateChange:
		return r.buildState()
	}
	r.skip()
	return ""
}

// builds returns the event's build, made if it is not there yet; repos and
// rpms do the same for the repository and the RPM.
func builds(e *event.Event) *koji.Build {
	if e.Build == nil {
		e.Build = new(koji.Build)
	}
	return e.Build
}

func repos(e *event.Event) *event.Repo {
	if e.Repo == nil {
		e.Repo = new(event.Repo)
	}
	return e.Repo
}

func rpms(e *event.Event) *event.RPM {
	if e.RPM == nil {
		e.RPM = new(event.RPM)
	}
	return e.RPM
}
