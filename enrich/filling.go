package enrich

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// filling is one pass over an event. It fills in known facts, starts calls for others, and
// records gaps. It may be repeated; facts from an earlier pass count as facts of the message.
type filling struct {
	en *Enricher
	e  *event.Event
	// first is true for the pass of Begin.
	first bool
	// questions are the calls that the event waits for.
	questions []*lookup
	// mayFill means that a gap may be filled later.
	mayFill bool
}

// fill makes the pass.
func (f *filling) fill() {
	e := f.e
	e.Enrichment.Missing = e.Enrichment.Missing[:0]
	if e.Task != nil {
		f.task(e.Task)
	}
	switch {
	case e.Build != nil:
		f.build(e.Build)
	case e.Type == event.BuildPromote:
		f.gap("build", ReasonNotSaid) // Fedora's message does not contain the build
	}
	if e.Repo != nil {
		f.name("repo.tag.name", namecache.Tag, &e.Repo.Tag)
	}
	f.name("tag.name", namecache.Tag, &e.Tag)
	f.name("user.name", namecache.User, &e.User)
	f.name("package.name", namecache.Package, &e.Package)
	f.name("owner.name", namecache.User, &e.Owner)
}

// settled reports whether the event has nothing more to wait for.
func (f *filling) settled() bool {
	return len(f.questions) == 0 && (!f.en.opts.Wait || !f.mayFill)
}

// gap records that a fact is missing.
func (f *filling) gap(path, reason string) {
	f.mayFill = f.mayFill || passing(reason)
	f.e.Enrichment.Missing = append(f.e.Enrichment.Missing, event.Gap{Path: path, Reason: reason})
}

// ask starts a call to the hub. Until it is answered the paths are gaps.
func (f *filling) ask(n need, paths ...string) {
	q, reason := f.en.lookups.ask(n)
	if q != nil {
		f.questions = append(f.questions, q)
		reason = ReasonTimeout
		if f.en.lookups.breaker.IsOpen() {
			reason = ReasonHubDown
		}
	}
	for _, path := range paths {
		f.gap(path, reason)
	}
}

// name fills in the name of an object of which only the id is known.
func (f *filling) name(path string, kind namecache.Kind, ref *koji.Ref) {
	if ref.ID == 0 || ref.Name != "" {
		return
	}
	name, known := f.en.opts.Names.Peek(kind, ref.ID)
	switch {
	case name != "":
		ref.Name = name
	case known:
		f.gap(path, ReasonNotFound)
	default:
		f.ask(need{what: needName, name: kind, id: ref.ID}, path)
	}
}

// pause waits before gaps without a call in progress are tried again. It reports whether ctx
// has ended.
func (f *filling) pause(ctx context.Context) (ended bool) {
	if len(f.questions) == 0 {
		clock.Sleep(ctx, failureLife/4)
	}
	return ctx.Err() != nil
}
