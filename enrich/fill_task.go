package enrich

import (
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// task fills in the missing facts of a task.
//
// Source: Task.getInfo in kojihub.py has ids of owner, channel and host only.
func (f *filling) task(t *koji.Task) {
	f.name("task.owner.name", namecache.User, &t.Owner)
	f.name("task.channel.name", namecache.Channel, &t.Channel)
	f.name("task.host.name", namecache.Host, &t.Host)
	f.inherit(t)
	f.name("task.tag.name", namecache.Tag, &t.Request.Tag)
	f.name("task.target", namecache.Target, &t.Request.Target)
	f.madeBuild(t)
	f.aboutBuild(t)
}

// inherited is the set of facts that only the parent task has.
type inherited struct{ scratch, target, pkg, tag bool }

// inheritedBy returns the facts that tasks of a method have from their parents.
//
// Source: the handlers in kojid and koji/tasks.py that make subtasks.
func inheritedBy(method string) inherited {
	switch method {
	case "buildArch", "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM":
		return inherited{scratch: true, target: true}
	case "buildMaven", "vmExec", "createImage", "createLiveCD", "createLiveMedia", "createAppliance",
		"createKiwiImage", "createDudIso", "imageBuilderBuildArch", "createContainer":
		return inherited{scratch: true, target: true, pkg: true}
	case "createrepo", "createdistrepo":
		return inherited{tag: true}
	}
	return inherited{}
}

// lacking returns the facts that the task itself lacks.
func (i inherited) lacking(t *koji.Task) inherited {
	r := &t.Request
	return inherited{
		scratch: i.scratch && !r.Scratch.Known,
		target:  i.target && r.Target.IsZero(),
		pkg:     i.pkg && t.Package() == "",
		tag:     i.tag && r.Tag.IsZero(),
	}
}

// inherit fills in facts that only the parent has. A fact that the parent lacks too is not a
// gap: a build from a repository, for example, may have no target.
func (f *filling) inherit(t *koji.Task) {
	lacks := inheritedBy(t.Method).lacking(t)
	if t.Parent == 0 || lacks == (inherited{}) {
		return
	}
	parent, found := f.en.known.tasks.Get(t.Parent)
	if !found {
		f.ask(need{what: needTask, id: t.Parent}, lacks.paths()...)
		return
	}
	if lacks.scratch {
		t.Request.Scratch = parent.scratch
	}
	if lacks.target {
		t.Request.Target = parent.target
	}
	if lacks.pkg {
		t.Request.Package = parent.pkg
	}
	if lacks.tag {
		t.Request.Tag = parent.tag
	}
}

// paths returns the paths of the facts in the event.
func (i inherited) paths() []string {
	var paths []string
	for _, p := range []struct {
		lacks bool
		path  string
	}{{i.scratch, "task.scratch"}, {i.target, "task.target"}, {i.pkg, "task.package"}, {i.tag, "task.tag"}} {
		if p.lacks {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// makesBuild reports whether tasks of a method make a build, unless they are
// scratch.
func makesBuild(method string) bool {
	switch method {
	case "build", "image", "maven", "winbuild", "livecd", "livemedia", "appliance", "indirectionimage",
		"kiwiBuild", "dudBuild", "osbuildImage", "imageBuilderBuild", "buildContainer", "buildSourceContainer",
		"flatpakBuild":
		return true
	}
	return false
}

// madeBuild fills in the build that a task made. Before the task is closed the build may not
// exist yet, so only builds from earlier messages count. Builds that become known while the
// event waits do not count, since a replay would then depend on timing.
func (f *filling) madeBuild(t *koji.Task) {
	if t.BuildID() != 0 || !makesBuild(t.Method) || t.Scratch().Value {
		return
	}
	closed := t.State == koji.TaskClosed
	made, found := f.en.known.buildOf.Get(t.ID)
	switch {
	case found && (closed || made.told && f.first):
		t.Result.BuildIDs = []int64{made.id}
	case closed && !found:
		f.ask(need{what: needBuildOf, id: t.ID}, "task.build_id")
	}
}

// aboutBuild fills in the name of the build that a task made or works on. The record of a
// build takes precedence over a guess from an SCM URL.
func (f *filling) aboutBuild(t *koji.Task) {
	id := t.BuildID()
	if id == 0 || t.NVR() != "" {
		return
	}
	b, found := f.en.known.builds.Get(id)
	if found {
		t.Result.NVR = b.nvr
		return
	}
	paths := []string{"task.nvr"}
	if t.Package() == "" {
		paths = append(paths, "task.package")
	}
	f.ask(need{what: needBuild, id: id}, paths...)
}
