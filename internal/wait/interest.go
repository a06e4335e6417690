package wait

import (
	"slices"
	"sync"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Interest matches the events that may end a wait. It is safe for concurrent use. The zero
// value records events until the wait knows what it waits for.
type Interest struct {
	mu             sync.Mutex
	known          bool
	early          []*event.Event
	tasks, builds  []int64
	tagged, inRepo string
}

// maxEarly is the maximum number of events remembered; any beyond count as of interest.
const maxEarly = 10_000

// set takes over what has not come about. It reports whether some of it may have since it
// was asked about.
func (in *Interest) set(open []*thing, o *Options) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.tasks, in.builds, in.tagged, in.inRepo = nil, nil, o.Tagged, o.InRepo
	for _, t := range open {
		if t.task != 0 && !t.ended {
			in.tasks = append(in.tasks, t.task)
		}
		if t.build != 0 {
			in.builds = append(in.builds, t.build)
		}
	}
	early := in.early
	in.known, in.early = true, nil
	return len(early) == maxEarly || slices.ContainsFunc(early, in.matches)
}

// Matches reports whether an event may end the wait or a part of it.
func (in *Interest) Matches(e *event.Event) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.known {
		return in.matches(e)
	}
	if len(in.early) < maxEarly {
		in.early = append(in.early, e)
	}
	return false
}

func (in *Interest) matches(e *event.Event) bool {
	switch {
	case e.Task != nil && slices.Contains(in.tasks, e.Task.ID) && koji.TaskStateNamed(e.New).Final():
		return true
	case e.Build != nil && slices.Contains(in.builds, e.Build.ID):
		return koji.BuildStateNamed(e.New).Final() || e.Type == event.Tag && e.Tag.Name == in.tagged
	case e.Type == event.RepoDone:
		return in.inRepo != "" && e.Tag.Name == in.inRepo
	}
	return false
}
