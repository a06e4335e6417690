package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
)

// callback reads a body that holds the arguments of one of the hub's
// callbacks, as Koji's own plugins send it. It returns the attribute that
// changed, "" where the body names none.
//
// Source: kojihub.run_callbacks and its callers.
func (r *reader) callback(e *event.Record) (attribute string) {
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
			r.build(e.MakeBuild())
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
func (r *reader) callbackRare(e *event.Record, name []byte) {
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
		r.rpm(e.MakeRPM())
	case "sigkey":
		e.MakeRPM().SigKey = r.str()
	case "draft_release":
		e.Old = r.str()
	case "target_release":
		e.New = r.str()
	default:
		r.callbackRepo(e, name)
	}
}

// callbackRepo reads the arguments of the callbacks about repositories.
func (r *reader) callbackRepo(e *event.Record, name []byte) {
	if e.Type != event.RepoInit && e.Type != event.RepoDone {
		r.skip()
		return
	}
	switch string(name) {
	case "repo":
		r.repo(&e.MakeRepo().Repo)
	case "repo_id":
		e.MakeRepo().ID = r.integer()
	case "task_id": // always null in RepoDone; the repository's own is right
		if id := r.integer(); id != 0 {
			e.MakeRepo().TaskID = id
		}
	case "expire":
		e.MakeRepo().Expired = r.flag()
	case "dist":
		e.MakeRepo().Dist = r.flag()
	default:
		r.skip()
	}
}

// info reads the record that a state change is about.
func (r *reader) info(e *event.Record) {
	switch e.Type {
	case event.TaskStateChange:
		r.task(e.MakeTask(), nil)
	case event.BuildStateChange:
		r.build(e.MakeBuild())
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
