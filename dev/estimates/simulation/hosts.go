package simulation

import (
	"fmt"
	"math/rand/v2"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Arches are those of the hosts.
func Arches() []string { return []string{"x86_64", "aarch64", "ppc64le", "s390x"} }

// The channels.
const (
	builders int64 = 1
	repos    int64 = 2
)

// host is a builder.
type host struct {
	queue.Host
	speed float64
	load  float64 // of what does not wait for its children
	tasks int     // on it
}

// maxJobs is kojid's default.
const maxJobs = 10

// newHosts draws hosts for every arch.
func newHosts(r *rand.Rand) []*host {
	var hosts []*host
	for _, arch := range Arches() {
		for i := range 5 + r.IntN(6) {
			h := &host{speed: between(r, 0.85, 1.2)}
			h.ID, h.Name = int64(len(hosts)+1), fmt.Sprintf("%s-%d", arch, i)
			h.Arches, h.Channels, h.MaxJobs = []string{arch}, []int64{builders}, maxJobs
			h.Capacity = koji.Some(between(r, 3, 9))
			h.Enabled, h.Ready = koji.Some(true), koji.Some(true)
			if i == 0 {
				h.Channels = []int64{repos}
			}
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// takes reports whether the hub's scheduler would give it a task now.
//
// Source: kojihub/scheduler.py.
func (h *host) takes(t *task) bool {
	return h.load < h.Capacity.Value && h.tasks < maxJobs &&
		h.Channels[0] == t.Channel.ID && (t.Arch == "noarch" || t.Arch == h.Arches[0])
}

// rank is by what the scheduler prefers a host: less is better.
func (h *host) rank() float64 { return h.load + float64(h.tasks) }

// weight is that of a running task.
//
// Source: the handlers in builder/kojid.
func weight(method string) float64 {
	switch method {
	case "build", "newRepo":
		return 0.2
	case "buildArch", "createrepo":
		return 1.5
	}
	return 1
}

// weight is that of a task when it is opened: a buildArch goes by the hub's average.
//
// Source: BuildArchTask.updateWeight in builder/kojid.
func (s *System) weight(t *task) float64 {
	w := weight(t.Method)
	if average, ok := s.AverageBuildDuration(t.spec.Package); ok && t.Method == "buildArch" {
		w += min(18, average.Seconds()/4800)
	}
	return w
}
