package queue

import "time"

// The assumptions about a host that the hub has not described.
const (
	// assumedCapacity is above that of a small host: an estimate had better miss a wait than
	// see one where no task has ever waited.
	assumedCapacity = 4.0
	// spare is by how much more a host is assumed to take than it was seen to.
	spare = 2.0
	// steady is how long nothing may have changed on a host for it to be full as it is.
	steady = 75 * time.Second
	// absence is after which time a host that takes nothing while tasks wait is not there.
	absence = 10 * time.Minute
)

// bounds holds what the stream shows of a host's capacity: it took a task at a load and a
// number of jobs, and took none although one waited.
type bounds struct {
	tookLoad, tookJobs float64
	fullLoad, fullJobs float64 // 0: never seen
	changed            time.Time
	lastTook           time.Time
}

// took learns that a host was given a task at the load and the jobs that it has. It reports
// whether the host was thought absent.
func (h *host) took(at time.Time) (back bool) {
	b := &h.seen
	back = !h.ready
	b.lastTook, b.changed, h.ready = at, at, true
	load, jobs := h.load, float64(len(h.active))
	b.tookLoad, b.tookJobs = max(b.tookLoad, load), max(b.tookJobs, jobs)
	if b.fullLoad > 0 && load >= b.fullLoad {
		b.fullLoad = 0
	}
	if b.fullJobs > 0 && jobs >= b.fullJobs {
		b.fullJobs = 0
	}
	h.believe()
	return back
}

// refused learns that a host took nothing although a task waits for it. It reports whether
// the host is found to be absent.
func (h *host) refused(now time.Time) (absent bool) {
	b := &h.seen
	if !h.learnt || !h.ready || now.Sub(b.changed) < steady {
		return false
	}
	jobs := float64(len(h.active))
	switch {
	case h.load > b.tookLoad+0.01:
		if b.fullLoad == 0 || h.load < b.fullLoad {
			b.fullLoad = h.load
		}
	case jobs > b.tookJobs:
		if b.fullJobs == 0 || jobs < b.fullJobs {
			b.fullJobs = jobs
		}
	case now.Sub(b.lastTook) > absence:
		h.ready, absent = false, true
	}
	h.believe()
	return absent
}

// believe sets capacity and jobs to what was seen.
func (h *host) believe() {
	b := &h.seen
	h.capacity, h.maxJobs = max(assumedCapacity, b.tookLoad+spare), max(DefaultMaxJobs, int(b.tookJobs)+1)
	if b.fullLoad > 0 {
		h.capacity = b.fullLoad
	}
	if b.fullJobs > 0 {
		h.maxJobs = int(b.fullJobs)
	}
}
