package enrich

import (
	"cmp"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/koji"
)

// known holds unchanging facts about tasks and builds, from messages and the hub's answers.
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
	// told is true if a message has shown the build, not only an answer of the hub.
	told bool
}

// tagList holds the tags of a build at a point in time.
type tagList struct {
	names []string
	at    time.Time
}

// Tags change, so a list is only used for the event that needed it, in all sinks, and not for
// later events.
const (
	maxTagLists = 4096
	tagListLife = 30 * time.Second
)

// tagsOf returns the tags of a build if they have just been fetched.
func (k *known) tagsOf(build int64) ([]string, bool) {
	list, found := k.tags.Get(build)
	return list.names, found && time.Since(list.at) < tagListLife
}

// taskFacts holds the facts about a task that other events need. They never change.
type taskFacts struct {
	scratch     koji.Opt[bool]
	target, tag koji.Ref
	pkg         string
}

func factsOfTask(t *koji.Task) taskFacts {
	return taskFacts{scratch: t.Request.Scratch, target: t.Request.Target, tag: t.Request.Tag, pkg: t.Request.Package}
}

// buildFacts holds the facts about a build that other events need.
type buildFacts struct {
	task         int64
	nvr, name    string
	version, rel string
	draft        bool
	whole        bool // from the hub: unknown facts do not exist
}

func factsOfBuild(b *koji.Build) buildFacts {
	return buildFacts{
		task: b.TaskID, nvr: b.NVR, name: b.Name, version: b.Version, rel: b.Release, draft: b.Draft.Value,
	}
}

// noteTask records a task, once, since its request never changes.
func (k *known) noteTask(t *koji.Task) {
	if t.ID == 0 || t.Method == "" {
		return
	}
	if _, found := k.tasks.Get(t.ID); !found {
		k.tasks.Put(t.ID, factsOfTask(t))
	}
}

// noteBuild records a build. Messages may be late and in any order: a promoted draft does not
// become a draft again, and facts from earlier messages are kept.
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

// noteMade records the build of a task. Of several builds, that of the last message counts.
func (k *known) noteMade(task int64, made madeBuild) {
	before, found := k.buildOf.Get(task)
	if !found || made.told && made != before {
		k.buildOf.Put(task, made)
	}
}

// note records the facts of a message.
func (k *known) note(e *event.Event) {
	if e.Task != nil {
		k.noteTask(e.Task)
	}
	if e.Build != nil {
		k.noteBuild(e.Build, false)
	}
}
