package sentinel

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// target is a build target.
type target struct {
	heard    time.Time
	last     ring[outcome] // of its builds
	builds   float64       // before those, with less weight the older they are
	failures float64
}

const (
	lastBuilds = 12
	// fade is the weight that earlier builds of a target lose with each one: some 200 count.
	fade = 0.995
)

// built notes how a build has ended.
func (s *Sentinel) built(t *task, at time.Time) {
	if t.Name != "build" || t.target == "" || t.scratch {
		return // what people try out fails more often
	}
	g := known(s.targets, t.target, maxNames, at, func(g *target) *time.Time { return &g.heard })
	if len(g.last.values) == lastBuilds {
		g.builds, g.failures = g.builds*fade+1, g.failures*fade
		if g.last.values[g.last.next].failed {
			g.failures++
		}
	}
	g.last.add(outcome{pkg: t.pkg, failed: t.state == koji.TaskFailed}, lastBuilds)
}

// findFailingTargets finds targets for which builds fail that did not before.
func (s *Sentinel) findFailingTargets(report func(Alert)) {
	for name, g := range s.targets {
		if s.now.Sub(g.heard) > 24*time.Hour {
			continue // nobody builds
		}
		usual := max(0.05, (g.failures+1)/(g.builds+10))
		n, k := failing(g.last.newest(), usual)
		if k == 0 || g.builds < 10 {
			continue
		}
		report(Alert{
			Subject:  Subject{Target: name},
			Evidence: fmt.Sprintf("Of the last %d packages built for %s %d have failed; before, it was %.0f %%.", n, name, k, 100*usual),
			Remedy:   fmt.Sprintf("See what has changed in its buildroot: `koji list-history --tag` of the build tag of %s, and the first causes of the failures.", name),
		})
	}
}

// tag is a tag for which repositories are made.
type tag struct {
	heard  time.Time
	failed int       // newRepo tasks, in a row
	good   time.Time // when one last ended well
}

// regenerated notes that a repository was made or not.
func (s *Sentinel) regenerated(t *task, at time.Time) {
	if t.Name != "newRepo" || t.tag == "" {
		return
	}
	g := known(s.tags, t.tag, maxNames, at, func(g *tag) *time.Time { return &g.heard })
	g.failed++
	if t.state == koji.TaskClosed {
		g.failed, g.good = 0, at
	}
}

const (
	failedRepos = 3
	// repoWait is how long builds may wait for a repository: a large one takes half an hour.
	repoWait = time.Hour
)

// findStaleRepos finds tags whose repository is not made although builds wait for it.
func (s *Sentinel) findStaleRepos(report func(Alert)) {
	waiting := map[string][]*task{}
	for _, t := range s.tasks {
		if t.Name == "waitrepo" && t.tag != "" && t.state == koji.TaskOpen && s.now.Sub(t.since) >= repoWait {
			waiting[t.tag] = append(waiting[t.tag], t)
		}
	}
	for name, g := range s.tags {
		if g.failed >= failedRepos {
			report(staleRepo(name, fmt.Sprintf("The last %d tasks that should make the repository of %s have failed.", g.failed, name), nil))
			delete(waiting, name)
		}
	}
	for name, tasks := range waiting {
		first := oldest(tasks)
		if g := s.tags[name]; g != nil && g.good.After(first) {
			continue
		}
		report(staleRepo(name, fmt.Sprintf("%d tasks wait for a new repository of %s, the first for %s, and none was made.",
			len(tasks), name, span(s.now.Sub(first))), refs(tasks)))
	}
}

func staleRepo(tag, evidence string, tasks []koji.Ref) Alert {
	return Alert{
		Subject: Subject{Tag: tag}, Evidence: evidence, Tasks: tasks,
		Remedy: fmt.Sprintf("See the newRepo tasks of the tag and whether kojira runs; `koji regen-repo %s` makes one now.", tag),
	}
}
