package filter

import "time"

// view is an event as an expression sees it: the names of its JSON, and the
// predicates. A test holds it to the JSON Schema and to the JSON itself, so a
// member that is added to the event has to be added here.
type view struct {
	ID         string    `expr:"id"`
	Type       string    `expr:"type"`
	Dialect    string    `expr:"dialect"`
	Topic      string    `expr:"topic"`
	Instance   string    `expr:"instance"`
	ReceivedAt time.Time `expr:"received_at"`
	Old        string    `expr:"old"`
	New        string    `expr:"new"`
	URL        string    `expr:"url"`
	Summary    string    `expr:"summary"`
	Action     string    `expr:"action"`
	ImportType string    `expr:"import_type"`

	Tag     refView `expr:"tag"`
	User    refView `expr:"user"`
	Package refView `expr:"package"`
	Owner   refView `expr:"owner"`

	// These are never nil: an expression reads what is unknown as zero. They are
	// pointers so that looking at one member copies no more than that.
	Task       *taskView       `expr:"task"`
	Build      *buildView      `expr:"build"`
	Repo       *repoView       `expr:"repo"`
	RPM        *rpmView        `expr:"rpm"`
	Estimate   *estimateView   `expr:"estimate"`
	Enrichment *enrichmentView `expr:"enrichment"`

	// The predicates.
	Scratch   bool `expr:"scratch"`
	Automatic bool `expr:"automatic"`
	TopLevel  bool `expr:"top_level"`
	Mine      bool `expr:"mine"`
}

func newView() view {
	return view{
		Task: new(taskView), Build: new(buildView), Repo: new(repoView), RPM: new(rpmView),
		Estimate: new(estimateView), Enrichment: new(enrichmentView),
	}
}

type refView struct {
	ID   int    `expr:"id"`
	Name string `expr:"name"`
}

type taskView struct {
	ID       int       `expr:"id"`
	Parent   int       `expr:"parent"`
	Method   string    `expr:"method"`
	State    string    `expr:"state"`
	Package  string    `expr:"package"`
	NVR      string    `expr:"nvr"`
	Source   string    `expr:"source"`
	Scratch  bool      `expr:"scratch"`
	Arch     string    `expr:"arch"`
	Arches   []string  `expr:"arches"`
	Label    string    `expr:"label"`
	Tag      refView   `expr:"tag"`
	Target   string    `expr:"target"`
	BuildID  int       `expr:"build_id"`
	Owner    refView   `expr:"owner"`
	Channel  refView   `expr:"channel"`
	Host     refView   `expr:"host"`
	Priority int       `expr:"priority"`
	Weight   float64   `expr:"weight"`
	Created  time.Time `expr:"created_at"`
	Started  time.Time `expr:"started_at"`
	Ended    time.Time `expr:"completed_at"`
	Duration float64   `expr:"duration"` // seconds
	URL      string    `expr:"url"`
}

type buildView struct {
	ID        int       `expr:"id"`
	NVR       string    `expr:"nvr"`
	Name      string    `expr:"name"`
	Version   string    `expr:"version"`
	Release   string    `expr:"release"`
	Epoch     int       `expr:"epoch"`
	State     string    `expr:"state"`
	Owner     refView   `expr:"owner"`
	Submitter string    `expr:"submitter"`
	TaskID    int       `expr:"task_id"`
	Source    string    `expr:"source"`
	GitHash   string    `expr:"git_hash"`
	Draft     bool      `expr:"draft"`
	Volume    string    `expr:"volume"`
	CG        string    `expr:"cg"`
	Types     []string  `expr:"types"`
	Tags      []string  `expr:"tags"`
	Target    string    `expr:"target"`
	Created   time.Time `expr:"created_at"`
	Started   time.Time `expr:"started_at"`
	Ended     time.Time `expr:"completed_at"`
	Duration  float64   `expr:"duration"` // seconds
	URL       string    `expr:"url"`
}

type repoView struct {
	ID      int     `expr:"id"`
	Tag     refView `expr:"tag"`
	TaskID  int     `expr:"task_id"`
	Dist    bool    `expr:"dist"`
	Expired bool    `expr:"expired"`
	URL     string  `expr:"url"`
}

type rpmView struct {
	ID      int    `expr:"id"`
	Name    string `expr:"name"`
	Version string `expr:"version"`
	Release string `expr:"release"`
	Epoch   int    `expr:"epoch"`
	Arch    string `expr:"arch"`
	SigKey  string `expr:"sigkey"`
}

type estimateView struct {
	StartsAt     time.Time `expr:"starts_at"`
	CompletionAt time.Time `expr:"completion_at"`
	Remaining    float64   `expr:"remaining"` // seconds, as all that follow
	Duration     float64   `expr:"duration"`
	Low          float64   `expr:"low"`
	High         float64   `expr:"high"`
	Samples      int       `expr:"samples"`
	Basis        string    `expr:"basis"`
	Overdue      bool      `expr:"overdue"`
}

type enrichmentView struct {
	Status  string    `expr:"status"`
	Missing []gapView `expr:"missing"`
}

type gapView struct {
	Path   string `expr:"path"`
	Reason string `expr:"reason"`
}
