package enrich

import (
	"context"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// filling is one pass over an event: what is known goes in, what is not is asked
// for, and what stays open is a gap. It may be repeated; what an earlier pass has
// filled in counts as the message's own.
type filling struct {
	en *Enricher
	e  *event.Event
	// first is the pass that is made when the event comes in.
	first bool
	// questions are those the event waits for.
	questions []*lookup
	// mayFill says that a gap may be filled if one waits.
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
		f.gap("build", ReasonNotSaid) // Fedora's message names no build
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

// gap notes that a fact is missing.
func (f *filling) gap(path, reason string) {
	f.mayFill = f.mayFill || passing(reason)
	f.e.Enrichment.Missing = append(f.e.Enrichment.Missing, event.Gap{Path: path, Reason: reason})
}

// ask has the hub asked; until it answers the paths are gaps.
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

// name fills in the name of a thing of which only the id is known.
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

// pause waits before gaps are tried again that no question is under way for. It
// is true if ctx ended meanwhile.
func (f *filling) pause(ctx context.Context) (ended bool) {
	if len(f.questions) == 0 {
		clock.Sleep(ctx, failureLife/4)
	}
	return ctx.Err() != nil
}
