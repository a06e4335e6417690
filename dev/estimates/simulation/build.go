package simulation

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// defaultPriority is the hub's; a mass rebuild runs in the background.
//
// Source: koji.PRIO_DEFAULT, and the command line's --background.
const (
	defaultPriority = 20
	background      = 5
)

// build creates a build task, whose children run one after another: the source, the arches,
// the tagging.
//
// Source: BuildTask in builder/kojid.
func (s *System) build(j *BuildSpec) {
	priority := int64(defaultPriority)
	if j.Mass {
		priority += background
	}
	b := &task{spec: j}
	b.Method, b.Arch, b.Priority = "build", "noarch", koji.Some(priority)
	b.Request.Package, b.Request.Scratch = j.Package, koji.Some(j.Scratch)
	b.Request.Target.Name = j.Target
	b.opened = func(b *task) { s.soon(func() { s.source(b) }) }
	s.add(b)
}

// soon makes a parent continue: it checks its children every few seconds.
func (s *System) soon(do func()) {
	s.at(time.Duration(between(s.r, 1, 15)*float64(time.Second)), do)
}

// child creates a child task, which runs before other waiting tasks.
func (s *System) child(parent *task, method, arch string, done func(*task)) *task {
	c := &task{spec: parent.spec, done: done}
	parent.children = append(parent.children, c)
	c.Method, c.Arch, c.Parent = method, arch, parent.ID
	c.Priority = koji.Some(parent.Priority.Value - 1)
	c.Channel = parent.Channel
	return c
}

func (s *System) source(b *task) {
	c := s.child(b, "buildSRPMFromSCM", "noarch", func(*task) { s.soon(func() { s.arches(b) }) })
	if s.setup.SRPMHost {
		c.Channel = koji.Ref{ID: sources, Name: "sources"}
	}
	s.add(c)
}

// arches creates a task for each arch. When one fails, the others are canceled.
func (s *System) arches(b *task) {
	recorded := s.now
	left := len(b.spec.Arches)
	var all []*task
	failing := -1
	if b.spec.Fails {
		failing = s.r.IntN(left)
	}
	for i, arch := range b.spec.Arches {
		c := s.child(b, "buildArch", arch, func(c *task) {
			if c.State == koji.TaskFailed {
				for _, other := range all {
					s.cancel(other)
				}
				s.soon(func() { s.end(b, koji.TaskFailed) })
				return
			}
			if left--; left == 0 {
				s.soon(func() { s.imported(b, recorded) })
			}
		})
		c.Label, c.Request.Arch, c.Request.Package = arch, arch, b.spec.Package
		c.fails = i == failing
		all = append(all, c)
	}
	for _, c := range all {
		s.add(c)
	}
}

// imported completes and tags the build, unless it is a scratch build.
func (s *System) imported(b *task, recorded time.Time) {
	s.at(time.Duration(between(s.r, 5, 40)*float64(time.Second)), func() {
		if b.spec.Scratch {
			s.end(b, koji.TaskClosed)
			return
		}
		s.note(b.spec.Package, s.now.Sub(recorded))
		s.out = append(s.out, Notice{At: s.now, Mass: b.spec.Mass, Build: &koji.Build{
			ID: b.ID, Name: b.spec.Package, State: koji.BuildComplete, TaskID: b.ID,
			Created: recorded, Started: recorded, Ended: s.now,
		}})
		s.add(s.child(b, "tagBuild", "noarch", func(*task) {
			s.soon(func() { s.end(b, koji.TaskClosed) })
		}))
	})
}

// newRepo creates a new repository of a tag.
func (s *System) newRepo(tag string) {
	n := &task{spec: &BuildSpec{}}
	n.Method, n.Arch, n.Priority = "newRepo", "noarch", koji.Some[int64](15)
	n.Channel, n.Request.Tag.Name = koji.Ref{ID: repos, Name: "createrepo"}, tag
	n.opened = func(n *task) {
		left := len(Arches())
		for _, arch := range Arches() {
			c := s.child(n, "createrepo", arch, func(*task) {
				if left--; left == 0 {
					s.soon(func() { s.end(n, koji.TaskClosed) })
				}
			})
			c.Label, c.Request.Arch = arch, arch
			s.add(c)
		}
	}
	s.add(n)
}
