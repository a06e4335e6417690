package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

// said has further information from a body, which is not part of the event itself.
type said struct {
	attribute string // the attribute that changed
	info      bool   // there is a record of the changed object
	expected  bool   // there is a member that bodies of this type have
	task      bool   // reader.task is the task of a build
	asked     asked  // of the task that changed, or of reader.task
	request   []byte // a request outside the task's record
	srpm      string // the file name of the source RPM of a task
	resolved  string // the source of a build, from its task's children
}

// members reads a body: an object with the arguments of one of the hub's callbacks, as sent
// by Koji's own plugins, or with the flat members that Fedora's plugin derives from them.
// Koji sends many values twice, and not every hub in the same place, so a value is used
// wherever it occurs.
//
// Source: kojihub.run_callbacks and its callers; koji-fedoramessaging,
// get_message_body.
func (r *reader) members(e *event.Record) {
	r.object(func(name []byte) {
		switch string(name) {
		case "attribute":
			r.said.attribute = r.str()
		case "old":
			e.Old = r.changed(e.Type)
		case "new":
			r.said.expected = true
			e.New = r.changed(e.Type)
		case "instance":
			e.Instance = r.str()
		case "base_url":
			e.BaseURL = r.str()
		default:
			r.member(e, name)
		}
	})
	switch e.Type {
	case event.TaskStateChange:
		r.completeTask(e)
	case event.BuildStateChange:
		r.completeBuild(e)
	case event.RPMSign:
		completeSign(e)
	case event.RepoInit, event.RepoDone:
		if repo := e.MakeRepo(); repo.Tag.IsZero() {
			repo.Tag = e.Tag
		}
	}
	if e.Build != nil {
		kojiwire.CompleteBuild(e.Build)
	}
}

// member reads a member that only some types of event have.
func (r *reader) member(e *event.Record, name []byte) {
	switch e.Type {
	case event.TaskStateChange:
		r.taskMember(e, name)
	case event.BuildStateChange:
		r.buildMember(e, name)
	case event.Tag, event.Untag:
		r.tagMember(e, name)
	case event.PackageListChange:
		r.packageMember(e, name)
	case event.Import:
		r.importMember(e, name)
	case event.RPMSign:
		r.signMember(e, name)
	case event.RepoInit, event.RepoDone:
		r.repoMember(e, name)
	case event.BuildPromote:
		r.promoteMember(e, name)
	default:
		r.skip()
	}
}

// taskMember reads a member of a task's event. Fedora's messages of 2014 only have members
// outside the record; later messages may have both.
func (r *reader) taskMember(e *event.Record, name []byte) {
	switch string(name) {
	case "info":
		if r.hasInfo() {
			r.said.asked = r.record(e.MakeTask(), nil)
		}
	case "request":
		r.said.request = r.raw()
	case "srpm":
		r.said.srpm = r.str()
	default:
		kojiwire.SetTask(e.MakeTask(), name, r.scalar())
	}
}

// hasInfo reports whether the next value is the record of the changed object. Any other value
// is skipped.
func (r *reader) hasInfo() bool {
	r.said.expected = true
	if r.said.info = r.isObject(); !r.said.info {
		r.skip()
	}
	return r.said.info
}

func (r *reader) completeTask(e *event.Record) {
	if e.Task == nil {
		return
	}
	r.understandSaid(e.Task)
	if e.Task.Method == "build" && e.Task.Request.Package == "" {
		e.Task.Request = taskrequest.ParseSRPM(r.said.srpm)
	}
}

// buildMember reads a member of a build's event: Koji's record or Fedora's flat fields, or
// the build's task, whose request names the target and whose child for the source has the
// revision.
func (r *reader) buildMember(e *event.Record, name []byte) {
	switch string(name) {
	case "info":
		if r.hasInfo() {
			r.build(e.MakeBuild())
		}
	case "btypes":
		r.buildTypes(e)
	case "task":
		r.task, r.said.task = koji.Task{}, true
		r.said.asked = r.record(&r.task, func(child *koji.Task) {
			if child.Result.Source != "" {
				r.said.resolved = child.Result.Source
			}
		})
	case "request":
		r.said.request = r.raw()
	default:
		kojiwire.SetBuild(e.MakeBuild(), name, r.scalar())
	}
}

// completeBuild sets fields of a build from its task. From 2020 to 2023 Fedora's messages had
// the task's request without the task.
func (r *reader) completeBuild(e *event.Record) {
	if !r.said.task && r.said.request == nil {
		return
	}
	if !r.said.task {
		r.task = koji.Task{}
	}
	r.understandSaid(&r.task)
	kojiwire.FromTask(e.MakeBuild(), &r.task, r.said.resolved)
}

func (r *reader) tagMember(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		r.expected(&e.Tag)
	case "tag_id":
		e.Tag.ID = r.integer()
	case "user":
		r.ref(&e.User)
	case "build":
		r.buildOrID(e)
	default:
		r.flatBuild(e, name)
	}
}

func (r *reader) packageMember(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		r.expected(&e.Tag)
	case "package":
		r.expected(&e.Package)
	case "action":
		e.Action = r.str()
	case "owner":
		r.ref(&e.Owner)
	case "user":
		r.ref(&e.User)
	default:
		r.skip()
	}
}

func (r *reader) importMember(e *event.Record, name []byte) {
	switch string(name) {
	case "type":
		e.ImportType = r.str()
	case "build":
		r.buildOrID(e)
	case "rpm":
		r.rpm(e.MakeRPM())
	case "build_id", "task_id":
		kojiwire.SetBuild(e.MakeBuild(), name, r.scalar())
	default:
		r.skip()
	}
}

// signMember reads a member of an event about a signature. Hubs before 1.11 sent a change of
// the RPM's attribute sighash.
func (r *reader) signMember(e *event.Record, name []byte) {
	switch string(name) {
	case "sigkey":
		e.MakeRPM().SigKey = r.str()
	case "build":
		r.buildOrID(e)
	case "rpm", "info":
		r.said.expected = true
		r.rpm(e.MakeRPM())
	default:
		r.skip()
	}
}

// completeSign sets the event's build to that of the RPM if the message has no record of the
// build.
func completeSign(e *event.Record) {
	if e.RPM != nil && e.RPM.BuildID != 0 && e.MakeBuild().ID == 0 {
		e.Build.ID = e.RPM.BuildID
	}
}

func (r *reader) repoMember(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		r.expected(&e.Tag)
	case "tag_id":
		e.Tag.ID = r.integer()
	case "repo":
		r.said.expected = true
		r.repo(&e.MakeRepo().Repo)
	case "repo_id":
		e.MakeRepo().ID = r.integer()
	case "task_id": // always null in RepoDone; then keep that in the repository's record
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

func (r *reader) promoteMember(e *event.Record, name []byte) {
	switch string(name) {
	case "draft_release":
		e.Old = r.str()
	case "target_release":
		e.New = r.str()
	case "build":
		r.buildOrID(e)
	case "user":
		r.ref(&e.User)
	default:
		r.flatBuild(e, name)
	}
}

// flatBuild reads a field of a build outside its record, as in Fedora's messages. In other
// messages, such a name may mean anything.
func (r *reader) flatBuild(e *event.Record, name []byte) {
	if e.Dialect != event.Fedora {
		r.skip()
		return
	}
	kojiwire.SetBuild(e.MakeBuild(), name, r.scalar())
}

// changed reads the old or new value of an attribute.
func (r *reader) changed(t event.Type) string {
	switch t {
	case event.TaskStateChange:
		return taskState(r.scalar())
	case event.BuildStateChange:
		return buildState(r.scalar())
	}
	r.skip()
	return ""
}
