package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
)

// fill sets fields of an event from the message's properties if the body lacks them.
//
// Source: koji's protonmsg plugin, the prep functions.
func fill(e *event.Record, props properties) {
	switch e.Type {
	case event.TaskStateChange:
		fillTask(e, props)
	case event.BuildStateChange:
		if e.New == "" {
			e.Old, e.New = buildState(props.lookup("old")), buildState(props.lookup("new"))
		}
	case event.Tag, event.Untag:
		props.text(&e.Tag.Name, "tag")
		props.text(&e.User.Name, "user")
	case event.PackageListChange:
		props.text(&e.Tag.Name, "tag")
		props.text(&e.Package.Name, "package")
		props.text(&e.Action, "action")
		props.text(&e.User.Name, "user")
	case event.Import:
		props.text(&e.ImportType, "importType")
	case event.RPMSign:
		fillRPM(e.MakeRPM(), props)
	case event.RepoInit, event.RepoDone:
		fillRepo(e.MakeRepo(), props)
	case event.BuildPromote:
		props.text(&e.Old, "draft_release")
		props.text(&e.New, "target_release")
		props.text(&e.User.Name, "user")
	}
	fillBuild(e, props)
}

func fillTask(e *event.Record, props properties) {
	t := e.MakeTask()
	if e.New == "" {
		e.Old, e.New = taskState(props.lookup("old")), taskState(props.lookup("new"))
	}
	if t.ID == 0 {
		kojiwire.SetTask(t, []byte("id"), props.lookup("id"))
		kojiwire.SetTask(t, []byte("parent"), props.lookup("parent"))
	}
	props.text(&t.Method, "method")
}

// fillBuild sets the build of an event that is about a build.
func fillBuild(e *event.Record, props properties) {
	switch e.Type {
	case event.TaskStateChange, event.PackageListChange, event.RepoInit, event.RepoDone:
		return
	}
	if e.Build != nil && e.Build.Name != "" || props.lookup("name").IsNull() {
		return
	}
	b := e.MakeBuild()
	for _, field := range [...]string{"build_id", "name", "version", "release"} {
		if v := props.lookup(field); field != "build_id" || b.ID == 0 {
			kojiwire.SetBuild(b, []byte(field), v)
		}
	}
	kojiwire.CompleteBuild(b)
}

func fillRPM(rpm *event.RPM, props properties) {
	props.text(&rpm.SigKey, "sigkey")
	props.text(&rpm.Name, "rpm_name")
	props.text(&rpm.Version, "rpm_version")
	props.text(&rpm.Release, "rpm_release")
	props.text(&rpm.Arch, "rpm_arch")
}

func fillRepo(repo *event.Repo, props properties) {
	props.text(&repo.Tag.Name, "tag")
	if repo.ID == 0 {
		repo.ID, _ = props.lookup("repo_id").Int64()
	}
	if repo.TaskID == 0 {
		repo.TaskID, _ = props.lookup("task_id").Int64()
	}
	if !repo.Expired.Known {
		repo.Expired.Value, repo.Expired.Known = props.lookup("expire").Truth()
	}
}
