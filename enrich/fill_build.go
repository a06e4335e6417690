package enrich

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// build fills in the missing facts of a build.
func (f *filling) build(b *koji.Build) {
	f.name("build.owner.name", namecache.User, &b.Owner)
	f.identity(b)
	if f.e.Type == event.BuildStateChange || f.e.Type == event.BuildPromote {
		f.builtBy(b)
		f.builtFor(b)
		f.tags(b)
	}
}

// identity fills in the name, version and release, since some messages have only the id.
func (f *filling) identity(b *koji.Build) {
	if b.ID == 0 || b.NVR != "" {
		return
	}
	known, found := f.en.known.builds.Get(b.ID)
	if !found {
		f.ask(need{what: needBuild, id: b.ID}, "build.nvr")
		return
	}
	b.NVR, b.Name, b.Version, b.Release = known.nvr, known.name, known.version, known.rel
}

// builtBy fills in the task of a build that a content generator has imported. Only extra
// contains the task, which long messages lack.
//
// Source: koji.util.extract_build_task.
func (f *filling) builtBy(b *koji.Build) {
	if b.TaskID != 0 || b.CG == "" || b.ID == 0 {
		return
	}
	known, found := f.en.known.builds.Get(b.ID)
	if !found || !known.whole {
		f.ask(need{what: needBuild, id: b.ID}, "build.task_id")
		return
	}
	b.TaskID = known.task
}

// builtFor fills in the target from the build's task. A build without a task has no target,
// and a task may have none.
func (f *filling) builtFor(b *koji.Build) {
	if b.Target != "" || b.TaskID == 0 {
		return
	}
	task, found := f.en.known.tasks.Get(b.TaskID)
	if !found {
		f.ask(need{what: needTask, id: b.TaskID}, "build.target")
		return
	}
	f.name("build.target", namecache.Target, &task.target)
	b.Target = task.target.Name
}

// tags fills in the tags of a completed build.
func (f *filling) tags(b *koji.Build) {
	if b.State != koji.BuildComplete || len(b.Tags) > 0 || b.ID == 0 {
		return
	}
	tags, found := f.en.known.tagsOf(b.ID)
	if !found {
		f.ask(need{what: needTags, id: b.ID}, "build.tags")
		return
	}
	b.Tags = tags
}
