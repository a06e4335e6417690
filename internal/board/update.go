package board

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// update is what one event says, copied: the event's memory is not the board's.
type update struct {
	task  *Task
	build *Build
	// tag is put on the build, or taken from it.
	tag    string
	tagged bool
	// listed says which tasks the hub has.
	listed *listing
}

// listing names the tasks that had not ended at a time.
type listing struct {
	tasks map[int64]bool
	at    time.Time
}

// updateOf returns nothing where an event is of no interest.
func updateOf(e *event.Event, now time.Time) (update, bool) {
	seen := e.ReceivedAt
	if seen.IsZero() {
		seen = now
	}
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil && e.Task.ID > 0:
		t := taskOf(e.Task, seen)
		t.URL = cmp.Or(webAddress(e.Task.URL), webAddress(e.URL))
		t.Estimate = estimateOf(e.Estimate)
		t.heard = true
		if e.Failure != nil {
			t.Failure = text(e.Failure.Line)
		}
		t.freed = e.Old == koji.TaskOpen.String() || e.Old == koji.TaskAssigned.String()
		return update{task: t}, true
	case e.Type == event.BuildStateChange && e.Build != nil && e.Build.ID > 0:
		b := buildOf(e.Build, seen)
		b.URL = cmp.Or(webAddress(e.Build.URL), webAddress(e.URL))
		return update{build: b}, true
	case (e.Type == event.Tag || e.Type == event.Untag) && e.Build != nil && e.Build.ID > 0 && e.Tag.Name != "":
		b := buildOf(e.Build, seen)
		b.URL = webAddress(e.Build.URL)
		return update{build: b, tag: text(e.Tag.Name), tagged: e.Type == event.Tag}, true
	}
	return update{}, false
}

// taskOf copies what a record of the hub says.
func taskOf(t *koji.Task, seen time.Time) *Task {
	return &Task{
		ID: t.ID, Parent: t.Parent, Method: text(t.Method), State: t.State, Arch: text(archOf(t)),
		Package: text(t.Package()), NVR: text(t.NVR()), Source: text(t.Source()), Target: text(t.Target().Name), Tag: text(t.Tag().Name),
		Owner: text(t.Owner.Name), Channel: text(t.Channel.Name), ChannelID: t.Channel.ID, Host: text(t.Host.Name),
		Scratch: t.Scratch().Value, BuildID: t.BuildID(), Created: t.Created, Started: t.Started, Ended: t.Ended, seen: seen,
	}
}

// archOf is the arch that tells a task from its siblings.
func archOf(t *koji.Task) string {
	if t.Request.Arch != "" {
		return t.Request.Arch
	}
	if arches := t.Arches(); len(arches) == 1 && t.Label == arches[0] {
		return arches[0]
	}
	return ""
}

func buildOf(b *koji.Build, seen time.Time) *Build {
	return &Build{
		ID: b.ID, TaskID: b.TaskID, NVR: text(b.NVR), Package: text(cmp.Or(b.Name, b.Package.Name)), Owner: text(b.Owner.Name),
		Target: text(b.Target), Source: text(b.Source), State: b.State, Created: b.Created, Started: b.Started, Ended: b.Ended, seen: seen,
	}
}

func estimateOf(e *event.Estimate) Estimate {
	if e == nil {
		return Estimate{}
	}
	return Estimate{
		StartsAt: e.StartsAt, CompletionAt: e.CompletionAt, Low: e.CompletionLow, High: e.CompletionHigh,
		Duration: e.Duration.Value, Ahead: e.Ahead, Overdue: e.Overdue, Basis: text(e.Basis),
	}
}

// maxText bounds a text of a message, in bytes: what people give names to is shorter.
const maxText = 200

// text copies a text, and cuts one that is too long.
func text(s string) string {
	if len(s) <= maxText {
		return strings.Clone(strings.ToValidUTF8(s, "\uFFFD"))
	}
	cut := maxText - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.ToValidUTF8(s[:cut], "\uFFFD") + "…"
}

// webAddress returns an address that is of the web and short, "" for any other.
func webAddress(s string) string {
	if len(s) > maxText || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return ""
	}
	return strings.Clone(s)
}

// maxTags bounds how many tags of a build are shown.
const maxTags = 20

// retag returns tags with one put on or taken off. The list that was there is not changed:
// snapshots have it.
func retag(tags []string, tag string, on bool) []string {
	at := slices.Index(tags, tag)
	switch {
	case on && at < 0 && len(tags) < maxTags:
		return append(slices.Clone(tags), tag)
	case !on && at >= 0:
		return slices.Delete(slices.Clone(tags), at, at+1)
	}
	return tags
}
