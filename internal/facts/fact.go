// Package facts remembers which facts of a hub a sink has been told of, whether by
// messages or by what the hub said when it was asked for what messages had not told.
package facts

import (
	"cmp"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
)

// Fact is one thing that happened, as it can be told both by a message and by the hub.
type Fact struct {
	// Subject is what it is about, such as "task/5" or "tag/7/f44".
	Subject string
	// Kind is what happened to the subject: a state, or the event's type.
	Kind string
	// Rank orders the kinds of a subject: a closed task does not open again. Kinds
	// with the same rank, such as Tag and Untag, may follow one another in any order.
	Rank int
	// At is when it happened, by the hub's clock; zero if the message does not say.
	At time.Time
}

// The ranks of states.
const (
	rankNew = iota
	rankAssigned
	rankOpen
	rankFinal
)

// Freed is the kind of a task that was given back, which is not new.
const Freed = "FREED"

// Of returns the fact that an event tells; ok is false for an event that the hub could
// not be asked for.
func Of(e *event.Event) (f Fact, ok bool) {
	switch e.Type {
	case event.TaskStateChange:
		f, ok = taskFact(e)
	case event.BuildStateChange:
		f, ok = buildFact(e)
	case event.BuildPromote:
		if e.Build != nil && e.Build.ID != 0 {
			f, ok = Fact{Subject: subject("promotion", e.Build.ID), Kind: string(e.Type)}, true
		}
	case event.Tag, event.Untag:
		if e.Build != nil && e.Build.ID != 0 && e.Tag.Name != "" {
			f, ok = Fact{Subject: TagSubject(e.Build.ID, e.Tag.Name), Kind: string(e.Type)}, true
		}
	case event.RepoInit, event.RepoDone:
		f, ok = repoFact(e)
	case event.PackageListChange:
		f, ok = Fact{Subject: PackageSubject(e.Tag.Name, e.Package.Name), Kind: e.Action}, e.Tag.Name != "" && e.Package.Name != ""
	}
	if e.Origin == event.Reconciled {
		f.At = e.ReceivedAt
	}
	return f, ok
}

// TagSubject is a build in a tag.
func TagSubject(build int64, tag string) string { return subject("tag", build) + "/" + tag }

// PackageSubject is a package in the package list of a tag.
func PackageSubject(tag, pkg string) string { return "package/" + tag + "/" + pkg }

func subject(kind string, id int64) string { return kind + "/" + strconv.FormatInt(id, 10) }

func taskFact(e *event.Event) (Fact, bool) {
	t := e.Task
	if t == nil || t.ID == 0 || e.New == "" {
		return Fact{}, false
	}
	f := Fact{Subject: subject("task", t.ID), Kind: e.New, Rank: rankFinal, At: t.Ended}
	switch e.New {
	case "FREE":
		f.Rank, f.At = rankNew, t.Created
		if e.Old != "" {
			f.Kind, f.At = Freed, time.Time{}
		}
	case "ASSIGNED":
		f.Rank, f.At = rankAssigned, time.Time{}
	case "OPEN":
		f.Rank, f.At = rankOpen, t.Started
	}
	return f, true
}

func buildFact(e *event.Event) (Fact, bool) {
	b := e.Build
	if b == nil || b.ID == 0 || e.New == "" {
		return Fact{}, false
	}
	f := Fact{Subject: subject("build", b.ID), Kind: e.New, Rank: rankFinal}
	switch e.New {
	case "BUILDING":
		f.Rank, f.At = rankNew, cmp.Or(b.Started, b.Created)
	case "DELETED":
		f.Rank++
	default:
		f.At = Later(b.Ended, b.Created)
	}
	return f, true
}

// repoFact returns what happened to a repository; messages do not say when.
func repoFact(e *event.Event) (Fact, bool) {
	if e.Repo == nil || e.Repo.ID == 0 {
		return Fact{}, false
	}
	f := Fact{Subject: subject("repo", e.Repo.ID), Kind: string(e.Type)}
	if e.Type == event.RepoDone {
		f.Rank = rankFinal
	}
	return f, true
}

// Later returns when a build got its last state: one that was imported complete has
// ended before the hub knew of it. It is zero if that is not known.
func Later(ended, created time.Time) time.Time {
	if !ended.IsZero() && created.After(ended) {
		return created
	}
	return ended
}

// repairable reports whether the hub can be asked for facts of this kind.
func (f *Fact) repairable() bool {
	return f.Kind != Freed && f.Kind != "ASSIGNED" && f.Kind != "DELETED"
}
