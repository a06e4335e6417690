package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/koji"
)

// fedora reads the flat bodies of Fedora Messaging. It returns the attribute
// that changed, "" where the body names none.
//
// Source: koji-fedoramessaging, get_message_body.
func (r *reader) fedora(e *event.Record) (attribute string) {
	r.object(func(name []byte) {
		switch string(name) {
		case "instance":
			e.Instance = r.str()
		case "base_url":
			e.BaseURL = r.str()
		case "attribute":
			attribute = r.str()
		case "old":
			e.Old = r.changed(e.Type)
		case "new":
			e.New = r.changed(e.Type)
		default:
			r.fedoraByType(e, name)
		}
	})
	switch e.Type {
	case event.BuildStateChange, event.Tag, event.Untag:
		b := e.MakeBuild()
		kojiwire.CompleteBuild(b)
		if b.State == koji.BuildUnknown {
			b.State = koji.BuildStateNamed(e.New)
		}
	case event.RepoInit, event.RepoDone:
		e.MakeRepo().Tag = e.Tag
	}
	return attribute
}

func (r *reader) fedoraByType(e *event.Record, name []byte) {
	switch e.Type {
	case event.TaskStateChange:
		r.fedoraTask(e, name)
	case event.BuildStateChange:
		r.fedoraBuild(e, name)
	case event.Tag, event.Untag:
		r.fedoraTag(e, name)
	case event.PackageListChange:
		r.fedoraPackage(e, name)
	case event.RepoInit, event.RepoDone:
		r.fedoraRepo(e, name)
	case event.RPMSign:
		r.fedoraSign(e, name)
	default:
		r.skip()
	}
}

func (r *reader) fedoraTask(e *event.Record, name []byte) {
	if string(name) != "info" {
		r.skip() // repeats what info says
		return
	}
	r.task(e.MakeTask(), nil)
}

// fedoraBuild reads a member of a build event: the build's own fields, and the
// task that builds it, whose request names the target and whose source child
// tells the revision that is built.
func (r *reader) fedoraBuild(e *event.Record, name []byte) {
	b := e.MakeBuild()
	switch string(name) {
	case "task":
		var t koji.Task
		r.task(&t, func(child *koji.Task) {
			if child.Result.Source != "" {
				b.Source = child.Result.Source
			}
		})
		b.Target = t.Target().Name
		if b.Source == "" {
			b.Source = t.Source()
		}
	case "request", "files_base_url":
		r.skip()
	default:
		kojiwire.SetBuild(b, name, r.scalar())
	}
}

func (r *reader) fedoraTag(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		e.Tag.Name = r.str()
	case "tag_id":
		e.Tag.ID = r.integer()
	case "user":
		e.User.Name = r.str()
	default:
		kojiwire.SetBuild(e.MakeBuild(), name, r.scalar())
	}
}

func (r *reader) fedoraPackage(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		e.Tag.Name = r.str()
	case "package":
		e.Package.Name = r.str()
	case "action":
		e.Action = r.str()
	case "owner":
		setRef(&e.Owner, r.scalar())
	default:
		r.skip()
	}
}

func (r *reader) fedoraRepo(e *event.Record, name []byte) {
	switch string(name) {
	case "tag":
		e.Tag.Name = r.str()
	case "tag_id":
		e.Tag.ID = r.integer()
	case "repo_id":
		e.MakeRepo().ID = r.integer()
	default:
		r.skip()
	}
}

func (r *reader) fedoraSign(e *event.Record, name []byte) {
	switch string(name) {
	case "sigkey":
		e.MakeRPM().SigKey = r.str()
	case "build":
		r.build(e.MakeBuild())
	case "rpm":
		r.rpm(e.MakeRPM())
	default:
		r.skip()
	}
}
