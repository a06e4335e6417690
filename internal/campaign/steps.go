package campaign

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Notice is a step that a campaign has reached, to be told to people. Its ID is the same
// whenever the step is found.
type Notice struct {
	ID       string
	Campaign event.Campaign

	key string // among the steps of the campaign
}

// The bounds of what is told of a campaign.
const (
	maxKindsTold = 30
	maxCauses    = 20
	maxKindInID  = 100
)

// explainWithin is how long a failure has to be explained before its kind counts as unknown.
const explainWithin = time.Minute

// percentages are the steps of a campaign by percent, the last first.
func percentages() []struct {
	percent int
	step    event.Step
} {
	return []struct {
		percent int
		step    event.Step
	}{{75, event.StepThreeQuarter}, {50, event.StepHalf}, {25, event.StepQuarter}}
}

// failurePrefix begins the keys of steps that are about kinds of failure.
const failurePrefix = string(event.StepFailure) + "/"

// due returns the keys of the steps that the campaign has reached and that were not told, in
// order.
func (c *Campaign) due(now time.Time) []string {
	var keys []string
	add := func(key string) {
		if !c.told[key] {
			keys = append(keys, key)
		}
	}
	add(string(event.StepStarted))
	if c.told[string(event.StepDone)] || c.told[string(event.StepStopped)] {
		return keys
	}
	n, kinds := c.count(now)
	for _, kind := range kinds {
		add(failurePrefix + kind)
	}
	if key := c.digest(now); key != "" {
		add(key)
	}
	switch {
	case c.listed && n.ToDo+n.Waiting+n.Running == 0:
		add(string(event.StepDone))
	case !c.stopped.IsZero():
		add(string(event.StepStopped))
	case c.listed:
		if step := reached(n); step != "" {
			add(step)
		}
	}
	return keys
}

// digestPrefix begins the keys of digests, which end with their days.
const digestPrefix = string(event.StepDigest) + "/"

// digest returns the key of the digest of the day; "" if there is none, or not yet.
func (c *Campaign) digest(now time.Time) string {
	hour, err := time.Parse(digestForm, c.matcher.Digest)
	if err != nil {
		return ""
	}
	year, month, day := now.Date()
	at := time.Date(year, month, day, hour.Hour(), hour.Minute(), 0, 0, now.Location())
	if now.Before(at) || !c.started.Before(at) {
		return ""
	}
	return digestPrefix + at.Format(time.DateOnly)
}

// reached returns the last step by percent that was reached; "" if none was.
func reached(n Counts) string {
	for _, p := range percentages() {
		if 100*(n.Done+n.Failed) >= p.percent*n.total() {
			return string(p.step)
		}
	}
	return ""
}

// count returns how far the packages are, and the kinds of failure, sorted.
func (c *Campaign) count(now time.Time) (n Counts, kinds []string) {
	found := map[string]bool{}
	for _, i := range c.items {
		n.add(i.State)
		if i.State == Failed && (i.Kind != KindUnknown || now.Sub(i.Ended) >= explainWithin) {
			found[i.Kind] = true
		}
	}
	kinds = slices.Sorted(maps.Keys(found))
	return n, kinds[:min(len(kinds), maxKindsTold)]
}

// tell notes that a step was told, and with it those by percent that it has skipped.
func (c *Campaign) tell(key string) {
	if strings.HasPrefix(key, digestPrefix) { // those of other days need not be known
		maps.DeleteFunc(c.told, func(key string, _ bool) bool { return strings.HasPrefix(key, digestPrefix) })
	}
	c.told[key] = true
	skip := key == string(event.StepDone) || key == string(event.StepStopped)
	for _, p := range percentages() {
		if skip {
			c.told[string(p.step)] = true
		}
		skip = skip || key == string(p.step)
	}
}

// noticeID returns the id of a step. Campaigns of one name that were started at different
// times have different ones; those of the configuration have the same on every replica.
func (c *Campaign) noticeID(key string) string {
	if len(key) > maxKindInID {
		key = key[:maxKindInID]
	}
	id := "kojiwatch campaign " + c.matcher.Name
	if !c.since.IsZero() {
		id += " " + c.since.UTC().Format(time.RFC3339)
	}
	return id + " " + key
}

// Due returns the steps that campaigns have reached and that were not told yet, with how far
// the campaigns are now.
func (s *Set) Due() []Notice {
	notices := s.dueKeys()
	reports := map[string]*Report{}
	for i := range notices {
		n := &notices[i]
		r := reports[n.Campaign.Name]
		if r == nil {
			var err error
			if r, err = s.Report(n.Campaign.Name); err != nil {
				continue // it has made way for another
			}
			reports[n.Campaign.Name] = r
		}
		n.Campaign = r.event()
		step, kind, _ := strings.Cut(n.key, "/")
		if n.Campaign.Step = event.Step(step); n.Campaign.Step == event.StepFailure {
			n.Campaign.Kind = kind
		}
	}
	return slices.DeleteFunc(notices, func(n Notice) bool { return n.Campaign.Step == "" })
}

// dueKeys returns the same without how far the campaigns are.
func (s *Set) dueKeys() []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	var all []Notice
	for _, c := range s.campaigns {
		for _, key := range c.due(now) {
			all = append(all, Notice{ID: c.noticeID(key), Campaign: event.Campaign{Name: c.matcher.Name}, key: key})
		}
	}
	return all
}

// Told notes that steps were told.
func (s *Set) Told(notices []Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range notices {
		if at := s.find(notices[i].Campaign.Name); at >= 0 {
			s.campaigns[at].tell(notices[i].key)
			s.version++
		}
	}
}

// event returns a report as it is in events.
func (r *Report) event() event.Campaign {
	count := func(n int) koji.Opt[int64] { return koji.Some(int64(n)) }
	c := event.Campaign{
		Name: r.Name, StartedAt: r.StartedAt, At: r.At, Total: count(r.Total), Percent: count(r.Percent),
		ToDo: count(r.ToDo), Waiting: count(r.Waiting), Running: count(r.Running), Done: count(r.Done), Failed: count(r.Failed),
	}
	if r.End != nil {
		c.CompletionAt, c.CompletionLow, c.CompletionHigh = r.End.At, r.End.Low, r.End.High
	}
	for _, f := range r.Failures[:min(len(r.Failures), maxCauses)] {
		c.Causes = append(c.Causes, event.Cause{Kind: f.Kind, Count: f.Count, Packages: f.Packages})
	}
	return c
}
