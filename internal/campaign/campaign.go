package campaign

import (
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Campaign follows the builds of one definition. It is not for several goroutines at a time.
type Campaign struct {
	matcher matcher
	started time.Time
	stopped time.Time
	items   map[string]*item
	listed  bool              // what there is to do is known from the start
	byTask  map[int64]*item   // the newest attempts, by their tasks
	texts   map[string]string // arches and owners, each kept once
	told    map[string]bool   // the steps that people were told of
	since   time.Time         // as it was given, which tells campaigns of one name apart
}

// maxItems bounds the packages of a campaign without a list.
const maxItems = MaxNames

// New begins a campaign. The definition must be sound.
func New(d Definition, now time.Time) *Campaign {
	given := d.Since
	if d.Since.IsZero() {
		d.Since = now
	}
	c := &Campaign{
		matcher: newMatcher(d), started: now, items: map[string]*item{}, byTask: map[int64]*item{}, texts: map[string]string{},
		told: map[string]bool{}, since: given,
	}
	for _, key := range d.expected() {
		c.items[key] = &item{Key: key}
	}
	c.listed = len(c.items) > 0
	return c
}

// Observe takes in an event and keeps nothing of its memory. It reports whether the event is
// of the campaign.
func (c *Campaign) Observe(e *event.Event, now time.Time) bool {
	if !c.stopped.IsZero() {
		return false
	}
	seen := knownTime(e.ReceivedAt, now)
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil && e.Task.ID > 0:
		return c.observeTask(e, seen)
	case e.Type == event.BuildStateChange && e.Build != nil:
		return c.observeBuild(e, seen)
	case e.Type == event.Tag && e.Build != nil && len(c.matcher.Tags) > 0:
		return c.observeTag(e, seen)
	}
	return false
}

func (c *Campaign) observeTask(e *event.Event, seen time.Time) bool {
	t := e.Task
	freed := e.Old == koji.TaskOpen.String() || e.Old == koji.TaskAssigned.String()
	if t.Method == "buildArch" {
		i := c.byTask[t.Parent]
		if i != nil {
			i.changeArch(t, c.text(archOf(t)), freed, seen)
		}
		return i != nil
	}
	if t.Method != "build" || t.Scratch().Value {
		return false
	}
	i := c.byTask[t.ID]
	if i == nil {
		about := ofTask(t)
		i = c.attempt(&about, t.ID)
	}
	if i != nil {
		i.change(t, freed, seen)
		i.explain(e)
	}
	return i != nil
}

// attempt returns the item of a build's task; nil if the build does not belong to the
// campaign, or a later attempt has taken its place.
func (c *Campaign) attempt(about *candidate, task int64) *item {
	i := c.find(about)
	if i == nil || i.State == Done || task <= i.Task {
		return nil
	}
	delete(c.byTask, i.Task)
	i.begin(task)
	if about.owner != "" {
		i.Owner = c.text(about.owner)
	}
	c.byTask[task] = i
	return i
}

// find returns the item of a build, which is a new one if what there is to do is not known.
func (c *Campaign) find(about *candidate) *item {
	key := c.matcher.key(about)
	if key == "" || len(key) > maxName {
		return nil
	}
	i := c.items[key]
	if i == nil && len(c.items) < maxItems {
		i = &item{Key: strings.Clone(key)}
		c.items[i.Key] = i
	}
	return i
}

// observeBuild takes in a build's record, which says the end of builds of whose tasks nothing
// was heard.
func (c *Campaign) observeBuild(e *event.Event, seen time.Time) bool {
	b := e.Build
	i := c.byTask[b.TaskID]
	if i == nil {
		about := ofBuild(b)
		switch {
		case b.TaskID != 0:
			i = c.attempt(&about, b.TaskID)
		case b.State == koji.BuildComplete: // it was imported
			i = c.find(&about)
		}
	}
	if i == nil || i.State == Done {
		return false
	}
	ended := knownTime(b.Ended, seen)
	switch b.State {
	case koji.BuildBuilding:
		if i.open() {
			i.State, i.Started = Running, knownTime(i.Started, knownTime(b.Started, seen))
		}
	case koji.BuildComplete:
		i.end(Done, "", ended)
	case koji.BuildFailed:
		if i.State != Failed {
			i.end(Failed, KindUnknown, ended)
		}
	case koji.BuildCanceled:
		if i.State != Failed {
			i.end(Failed, KindCanceled, ended)
		}
	}
	i.explain(e)
	return true
}

// observeTag takes in that a build was put into a tag, which ends the work for its package.
func (c *Campaign) observeTag(e *event.Event, seen time.Time) bool {
	if !match(c.matcher.Tags, e.Tag.Name) {
		return false
	}
	about := ofBuild(e.Build, e.Tag.Name)
	i := c.find(&about)
	if i == nil || i.State == Done {
		return false
	}
	i.end(Done, "", seen)
	return true
}

// explain notes why an item failed, which may be known later than that it did.
func (i *item) explain(e *event.Event) {
	if e.Failure != nil && i.State == Failed && i.Kind == KindUnknown && len(e.Failure.Kind) <= maxName && e.Failure.Kind != "" {
		i.Kind = strings.Clone(e.Failure.Kind)
	}
}

// text returns a copy of a text, the same one for each that is equal.
func (c *Campaign) text(s string) string {
	if len(s) > maxName {
		return ""
	}
	if known, ok := c.texts[s]; ok {
		return known
	}
	s = strings.Clone(s)
	if len(c.texts) < maxItems {
		c.texts[s] = s
	}
	return s
}

// archOf is the arch that a task works for.
func archOf(t *koji.Task) string {
	if t.Request.Arch != "" {
		return t.Request.Arch
	}
	return t.Label
}

// stop ends the campaign.
func (c *Campaign) stop(now time.Time) {
	if c.stopped.IsZero() {
		c.stopped = now
	}
}
