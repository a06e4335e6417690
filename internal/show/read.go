package show

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/tasktree"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Reader reads the facts about things from the hub.
type Reader struct {
	API kojirpc.API
	Web koji.Web         // for links; may be zero
	Now func() time.Time // nil: time.Now
}

// shown is the number of builds listed with a package or a user.
const shown = 5

// Read returns the facts about a thing.
func (r *Reader) Read(ctx context.Context, thing kojirpc.Thing) (*Sheet, error) {
	s := &Sheet{kind: thing.Page.Kind}
	switch {
	case thing.Task != nil:
		return s, r.task(ctx, s, thing)
	case thing.Build != nil:
		return s, r.buildOf(ctx, s, thing)
	case thing.Package != nil:
		return s, r.pkg(ctx, s, thing)
	case thing.Tag != nil:
		return s, r.tag(ctx, s, thing.Tag)
	case thing.User != nil:
		return s, r.user(ctx, s, thing.User)
	case thing.Host != nil:
		return s, r.host(ctx, s, thing.Host)
	}
	r.simple(s, &thing)
	return s, nil
}

// look reads the tree and the forecast, with names.
func (r *Reader) look(ctx context.Context, s *Sheet, thing kojirpc.Thing) error {
	reader, err := live.Of(r.API, thing, live.Options{Now: r.Now})
	if err != nil {
		return err
	}
	if s.answer, err = reader.Look(ctx); err != nil || s.answer.Node == nil {
		return err
	}
	var tasks []*koji.Task
	walk(s.answer.Node, func(n *forecast.Node) { tasks = append(tasks, &n.Task) })
	return listing.FillNames(ctx, r.API, tasks...)
}

func walk(n *forecast.Node, visit func(*forecast.Node)) {
	visit(n)
	for _, c := range n.Children {
		walk(c, visit)
	}
}

func (r *Reader) task(ctx context.Context, s *Sheet, thing kojirpc.Thing) error {
	if err := r.look(ctx, s, thing); err != nil {
		return err
	}
	s.build = s.answer.Build
	t := &s.answer.Node.Task
	t.URL = r.Web.Task(t.ID)
	s.title, s.url = etatext.What(s.answer), t.URL
	s.facts.add("state", stateName(t.State.String()))
	if err := r.failure(ctx, s); err != nil {
		return err
	}
	s.facts.add("owner", t.Owner)
	s.facts.add("host", t.Host)
	s.facts.add("arch", t.WorkArch())
	s.facts.add("channel", t.Channel)
	addOpt(&s.facts, "priority", t.Priority)
	s.facts.add("source", t.Source())
	s.facts.add("target", t.Target().Name)
	s.facts.add("tag", t.Tag())
	s.facts.add("parent", t.Parent)
	if s.build != nil {
		s.facts.add("build", s.build.NVR)
		s.facts.add("build id", s.build.ID)
	}
	s.facts.add("created", t.Created)
	s.facts.add("started", t.Started)
	s.facts.add("ended", t.Ended)
	addOpt(&s.facts, "took", t.Duration())
	return nil
}

// failure adds why a task failed.
func (r *Reader) failure(ctx context.Context, s *Sheet) error {
	root := s.answer.Node
	if root.Task.State != koji.TaskFailed {
		return nil
	}
	found, err := firstcause.New(r.API, r.Web).FindIn(ctx, &root.Task, tasktree.Below(root))
	if err != nil {
		return err
	}
	s.failure = found
	s.facts.add("failure", firstcause.Text(found))
	s.facts.add("failure link", found.URL)
	walk(root, func(n *forecast.Node) {
		if t := &n.Task; t.ID == found.Task && n != root {
			s.facts.add("failed task", fmt.Sprintf("%d, %s %s", t.ID, t.Method, t.Label))
		}
	})
	return nil
}

func (r *Reader) buildOf(ctx context.Context, s *Sheet, thing kojirpc.Thing) error {
	if err := r.look(ctx, s, thing); err != nil {
		return err
	}
	b := *thing.Build
	tags, err := r.API.ListTags(ctx, kojirpc.TagFilter{Build: kojirpc.ID(b.ID)}, kojirpc.QueryOpts{Order: "name"})
	if err != nil {
		return err
	}
	for i := range tags {
		b.Tags = append(b.Tags, tags[i].Name)
	}
	b.URL = r.Web.Build(b.ID)
	s.build, s.url = &b, b.URL
	s.title = fmt.Sprintf("%s: build %d", b.NVR, b.ID)
	s.facts.add("state", stateName(b.State.String()))
	if s.answer.Node != nil {
		if err := r.failure(ctx, s); err != nil {
			return err
		}
	}
	r.buildFacts(s, &b)
	return nil
}

func (r *Reader) buildFacts(s *Sheet, b *koji.Build) {
	s.facts.add("owner", b.Owner)
	s.facts.add("task", b.TaskID)
	s.facts.add("task link", r.Web.Task(b.TaskID))
	s.facts.add("source", b.Source)
	s.facts.add("tags", b.Tags)
	s.facts.add("target", s.answer.Target)
	s.facts.add("content generator", b.CG)
	if b.Volume != "DEFAULT" {
		s.facts.add("volume", b.Volume)
	}
	if b.Draft.Value {
		s.facts.add("draft", true)
	}
	s.facts.add("started", cmp.Or(b.Started, b.Created))
	s.facts.add("ended", b.Ended)
	addOpt(&s.facts, "took", b.Duration())
}

func (r *Reader) pkg(ctx context.Context, s *Sheet, thing kojirpc.Thing) error {
	if err := r.look(ctx, s, thing); err != nil {
		return err
	}
	p := thing.Package
	s.title, s.url = "package "+p.Name, r.Web.Package(p.Ref())
	s.facts.add("id", p.ID)
	q := listing.Query{Package: p.Ref(), Limit: shown}
	builds, err := q.Builds(ctx, r.API)
	s.lists = []list{{title: "last builds", builds: builds}}
	return err
}

func (r *Reader) tag(ctx context.Context, s *Sheet, t *koji.Tag) error {
	s.title, s.url = "tag "+t.Name, r.Web.Tag(t.Ref())
	s.facts.add("id", t.ID)
	s.facts.add("arches", t.Arches)
	addOpt(&s.facts, "locked", t.Locked)
	s.facts.add("permission", t.Perm)
	b := kojirpc.NewBatch(r.API)
	from := b.GetBuildTargets(kojirpc.TargetFilter{BuildTag: t.Ref()})
	into := b.GetBuildTargets(kojirpc.TargetFilter{DestTag: t.Ref()})
	if err := b.Send(ctx); err != nil {
		return err
	}
	for _, q := range []struct {
		name    string
		targets *kojirpc.Result[[]koji.Target]
	}{{"builds from it", from}, {"builds into it", into}} {
		targets, err := q.targets.Get()
		if err != nil {
			return err
		}
		s.facts.add(q.name, listing.TargetNames(targets))
	}
	return nil
}

func (r *Reader) user(ctx context.Context, s *Sheet, u *koji.User) error {
	s.title, s.url = "user "+u.Name, r.Web.User(u.Ref())
	s.facts.add("id", u.ID)
	s.facts.add("type", u.Type.String())
	s.facts.add("status", u.Status.String())
	s.facts.add("principals", u.KrbPrincipals)
	q := listing.Query{User: u.Ref(), Limit: shown}
	return r.lists(ctx, s, &q, true)
}

func (r *Reader) host(ctx context.Context, s *Sheet, h *koji.Host) error {
	s.title, s.url = "host "+h.Name, r.Web.Host(h.Ref())
	s.facts.add("id", h.ID)
	s.facts.add("arches", h.Arches)
	addOpt(&s.facts, "enabled", h.Enabled)
	addOpt(&s.facts, "ready", h.Ready)
	addOpt(&s.facts, "load", h.Load)
	addOpt(&s.facts, "capacity", h.Capacity)
	s.facts.add("last report", h.Updated)
	channels, err := r.API.ListChannels(ctx, kojirpc.ID(h.ID))
	if err != nil {
		return err
	}
	var names []string
	for i := range channels {
		names = append(names, channels[i].Name)
	}
	s.facts.add("channels", names)
	q := listing.Query{Host: h.Ref(), Limit: 50}
	return r.lists(ctx, s, &q, false)
}

// lists adds the tasks that have not ended and, if wanted, the last builds.
func (r *Reader) lists(ctx context.Context, s *Sheet, q *listing.Query, builds bool) error {
	tasks, err := q.Tasks(ctx, r.API)
	if err != nil {
		return err
	}
	s.lists = append(s.lists, list{title: "tasks that have not ended", tasks: tasks})
	if !builds {
		return nil
	}
	last, err := q.Builds(ctx, r.API)
	s.lists = append(s.lists, list{title: "last builds", builds: last})
	return err
}
