package enrich

import (
	"cmp"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/koji"
)

// known holds what messages and the hub's answers have shown of tasks and builds,
// as far as it does not change.
type known struct {
	tasks   *boundedcache.Cache[int64, taskFacts]
	builds  *boundedcache.Cache[int64, buildFacts]
	buildOf *boundedcache.Cache[int64, madeBuild] // by task
	tags    *boundedcache.Cache[int64, tagList]   // of a build
}

func newKnown(size int) known {
	return known{
		tasks:   boundedcache.New[int64, taskFacts](size),
		builds:  boundedcache.New[int64, buildFacts](size),
		buildOf: boundedcache.New[int64, madeBuild](size),
		tags:    boundedcache.New[int64, tagList](min(size, maxTagLists)),
	}
}

// madeBuild is the build that a task made.
type madeBuild struct {
	id int64
	// told: a message has shown it, not only the hub's answer to a question that
	// another event had.
	told bool
}

// tagList is the tags that a build was in at a time.
type tagList struct {
	names []string
	at    time.Time
}

// Tags change, so a list serves the event that wanted it, in all sinks, and none
// that comes later.
const (
	maxTagLists = 4096
	tagListLife = 30 * time.Second
)

// tagsOf returns the tags of a build if they were asked for just now.
func (k *known) tagsOf(build int64) ([]string, bool) {
	list, found := k.tags.Get(build)
	return list.names, found && time.Since(list.at) < tagListLife
}

// taskFacts holds what other events want to know of a task. All of it is settled
// when the task is made.
type taskFacts struct {
	scratch     koji.Opt[bool]
	target, tag koji.Ref
	pkg         string
}

func factsOfTask(t *koji.Task) taskFacts {
	return taskFacts{scratch: t.Request.Scratch, target: t.Request.Target, tag: t.Request.Tag, pkg: t.Request.Package}
}

// buildFacts holds what other events want to know of a build.
type buildFacts struct {
	task         int64
	nvr, name    string
	version, rel string
	draft        bool
	whole        bool // the hub was asked: what is unknown is not there
}

func factsOfBuild(b *koji.Build) buildFacts {
	return buildFacts{
		task: b.TaskID, nvr: b.NVR, name: b.Name, version: b.Version, rel: b.Release, draft: b.Draft.Value,
	}
}

// noteTask remembers a task. Its request never changes, so once is enough.
func (k *known) noteTask(t *koji.Task) {
	if t.ID == 0 || t.Method == "" {
		return
	}
	if _, found := k.tasks.Get(t.ID); !found {
		k.tasks.Put(t.ID, factsOfTask(t))
	}
}

// noteBuild remembers a build. Messages may come late and in any order: a draft
// that was promoted does not become one again, and what one message lacks
// another may have said.
func (k *known) noteBuild(b *koji.Build, whole bool) {
	if b.ID == 0 || b.NVR == "" {
		return
	}
	facts := factsOfBuild(b)
	before, found := k.builds.Get(b.ID)
	if found {
		if facts.draft && !before.draft {
			facts.nvr, facts.rel, facts.draft = before.nvr, before.rel, false
		}
		facts.task = cmp.Or(facts.task, before.task)
		facts.whole = before.whole
	}
	facts.whole = facts.whole || whole
	if !found || facts != before {
		k.builds.Put(b.ID, facts)
	}
	if facts.task != 0 {
		k.noteMade(facts.task, madeBuild{b.ID, !whole})
	}
}

// noteMade remembers the build of a task. Of several, that of the last message
// counts.
func (k *known) noteMade(task int64, made madeBuild) {
	before, found := k.buildOf.Get(task)
	if !found || made.told && made != before {
		k.buildOf.Put(task, made)
	}
}

// note remembers what a message shows.
func (k *known) note(e *event.Event) {
	if e.Task != nil {
		k.noteTask(e.Task)
	}
	if e.Build != nil {
		k.noteBuild(e.Build, false)
	}
}
