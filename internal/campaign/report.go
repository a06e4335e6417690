package campaign

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Report says how far a campaign is. Its JSON is what programs read; of the definition it
// leaves out the packages and NVRs.
type Report struct {
	Definition

	At        time.Time `json:"at"`
	StartedAt time.Time `json:"started_at"`
	StoppedAt time.Time `json:"stopped_at,omitzero"`
	// Listed reports that what there is to do is known; else it is what began so far.
	Listed bool `json:"listed"`
	Counts
	Total   int `json:"total"`
	Percent int `json:"percent"` // of the total that is done or has failed
	Retried int `json:"retried"` // were tried more than once
	// End is when all will be done or have failed; absent where that cannot be told.
	End *End `json:"end,omitempty"`

	Arches   map[string]Counts `json:"arches,omitempty"`
	Owners   map[string]Counts `json:"owners,omitempty"` // those with the most that is not done
	Failures []Failures        `json:"failures,omitempty"`
	Slowest  []Build           `json:"slowest,omitempty"` // of what runs, for the longest time first
	Overdue  []Build           `json:"overdue,omitempty"`
}

// Counts are how many packages are how far.
type Counts struct {
	ToDo    int `json:"to_do"`
	Waiting int `json:"waiting"`
	Running int `json:"running"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
}

func (c *Counts) add(s State) {
	switch s {
	case ToDo:
		c.ToDo++
	case Waiting:
		c.Waiting++
	case Running:
		c.Running++
	case Done:
		c.Done++
	case Failed:
		c.Failed++
	}
}

func (c *Counts) total() int { return c.ToDo + c.Waiting + c.Running + c.Done + c.Failed }

// Failures are packages that failed for one kind of cause.
type Failures struct {
	Kind     string   `json:"kind"`
	Count    int      `json:"count"`
	Packages []string `json:"packages"` // the first of them by name
}

// Build is a package that is being built.
type Build struct {
	Name      string    `json:"name"`
	Task      int64     `json:"task"`
	Owner     string    `json:"owner,omitempty"`
	StartedAt time.Time `json:"started_at"`
}

// The bounds of a report.
const (
	maxOwners  = 20
	maxBuilds  = 10
	maxPackage = 10 // of a kind of failure
)

// report returns all that is known without estimates.
func (c *Campaign) report(now time.Time) *Report {
	r := &Report{Definition: c.matcher.Definition, At: now, StartedAt: c.started, StoppedAt: c.stopped, Listed: c.listed, Arches: map[string]Counts{}}
	owners := map[string]Counts{}
	failures := map[string]*Failures{}
	for _, key := range slices.Sorted(maps.Keys(c.items)) {
		i := c.items[key]
		r.add(i.State)
		if i.Attempts > 1 {
			r.Retried++
		}
		addTo(owners, i.Owner, i.State)
		for _, a := range i.Arches {
			addTo(r.Arches, a.Arch, a.State)
		}
		if i.State == Failed {
			note(failures, i)
		}
	}
	r.Packages, r.NVRs = nil, nil // may be many, and are counted
	r.Total = r.total()
	if r.Total > 0 {
		r.Percent = 100 * (r.Done + r.Failed) / r.Total
	}
	r.Owners = most(owners)
	for _, f := range failures {
		r.Failures = append(r.Failures, *f)
	}
	slices.SortFunc(r.Failures, func(a, b Failures) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind))
	})
	return r
}

func addTo(counts map[string]Counts, name string, s State) {
	if name == "" {
		return
	}
	n := counts[name]
	n.add(s)
	counts[name] = n
}

func note(failures map[string]*Failures, i *item) {
	f := failures[i.Kind]
	if f == nil {
		f = &Failures{Kind: i.Kind}
		failures[i.Kind] = f
	}
	if f.Count++; len(f.Packages) < maxPackage {
		f.Packages = append(f.Packages, i.Key)
	}
}

// most returns the owners with the most packages that are not done.
func most(owners map[string]Counts) map[string]Counts {
	names := slices.Collect(maps.Keys(owners))
	slices.SortFunc(names, func(a, b string) int {
		x, y := owners[a], owners[b]
		return cmp.Or(cmp.Compare(y.total()-y.Done, x.total()-x.Done), cmp.Compare(a, b))
	})
	out := map[string]Counts{}
	for _, name := range names[:min(len(names), maxOwners)] {
		out[name] = owners[name]
	}
	return out
}

// maxAsked bounds of how many builds it is asked whether they are overdue: those that have
// run for the longest time.
const maxAsked = 300

// estimate adds what estimates tell, to a report of the same moment.
func (r *Report) estimate(o *outlook, estimates Estimates) {
	slices.SortFunc(o.builds, func(a, b Build) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.Name, b.Name))
	})
	r.Slowest = o.builds[:min(len(o.builds), maxBuilds)]
	o.ask(estimates)
	if r.StoppedAt.IsZero() {
		r.End = o.end()
	}
	if estimates == nil {
		return
	}
	for _, b := range o.builds[:min(len(o.builds), maxAsked)] {
		if len(r.Overdue) < maxBuilds && estimates.Task(b.Task, o.now).Overdue {
			r.Overdue = append(r.Overdue, b)
		}
	}
}
