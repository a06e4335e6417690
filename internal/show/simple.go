package show

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// simple fills in what is known of things that the hub tells all about at once.
func (r *Reader) simple(s *Sheet, thing *kojirpc.Thing) {
	switch {
	case thing.Target != nil:
		r.target(s, thing.Target)
	case thing.Channel != nil:
		r.channel(s, thing.Channel)
	case thing.RPM != nil:
		r.rpm(s, thing.RPM)
	case thing.Repo != nil:
		r.repo(s, thing.Repo)
	default:
		s.title = thing.Page.Kind.String()
		for _, name := range slices.Sorted(maps.Keys(thing.Record)) {
			s.facts.add(name, fmt.Sprint(thing.Record[name]))
		}
	}
}

func (r *Reader) target(s *Sheet, t *koji.Target) {
	s.title, s.url = "target "+t.Name, r.Web.Target(t.Ref())
	s.facts.add("id", t.ID)
	s.facts.add("builds from", t.BuildTag)
	s.facts.add("builds into", t.DestTag)
}

func (r *Reader) channel(s *Sheet, c *koji.Channel) {
	s.title, s.url = "channel "+c.Name, r.Web.Channel(c.ID)
	s.facts.add("id", c.ID)
	s.facts.add("description", c.Description)
	addOpt(&s.facts, "enabled", c.Enabled)
}

func (r *Reader) rpm(s *Sheet, p *koji.RPM) {
	s.title = fmt.Sprintf("RPM %s-%s-%s.%s", p.Name, p.Version, p.Release, p.Arch)
	s.url = r.Web.RPM(p.ID)
	s.facts.add("id", p.ID)
	s.facts.add("build id", p.BuildID)
	addOpt(&s.facts, "size", p.Size)
	s.facts.add("built", p.Built)
	s.facts.add("payload hash", p.PayloadHash)
}

func (r *Reader) repo(s *Sheet, p *koji.Repo) {
	s.title, s.url = fmt.Sprintf("repository %d", p.ID), r.Web.Repo(p.ID)
	s.facts.add("tag", p.Tag)
	s.facts.add("state", p.State.String())
	s.facts.add("task", p.TaskID)
	addOpt(&s.facts, "dist", p.Dist)
	s.facts.add("created", p.Created)
	s.facts.add("changed", p.Changed)
}
