package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Arches are the arches of the hosts.
func Arches() []string { return []string{"x86_64", "aarch64", "ppc64le", "s390x"} }

// The channels.
const (
	builders int64 = 1
	repos    int64 = 2
	sources  int64 = 3
)

// host is a builder.
type host struct {
	queue.Host
	speed float64
	load  float64 // of tasks that do not wait for their children
	tasks int     // on it
}

// maxJobs is kojid's default.
const maxJobs = 10

// newHosts draws hosts for every arch.
func newHosts(r *rand.Rand, setup *Setup) []*host {
	var hosts []*host
	for a, arch := range Arches() {
		for i := range setup.count(r) {
			h := &host{speed: between(r, 0.85, 1.2)}
			h.ID, h.Name = int64(len(hosts)+1), fmt.Sprintf("%s-%d", arch, i)
			h.Arches, h.Channels, h.MaxJobs = []string{arch}, []int64{builders}, setup.MaxJobs
			h.Capacity = koji.Some(between(r, setup.Capacity[0], setup.Capacity[1]))
			h.Enabled, h.Ready = koji.Some(true), koji.Some(true)
			if setup.Mixed {
				h.Arches = append(h.Arches, Arches()[(a+1)%len(Arches())])
			}
			switch {
			case i == 0 && setup.Hosts[0] > 4:
				h.Channels = []int64{repos}
			case i == 0 && setup.SRPMHost && a == 0:
				h.Channels = []int64{sources}
			}
			hosts = append(hosts, h)
		}
		if setup.Hosts[0] > 4 {
			continue // the first one makes repositories
		}
		h := &host{speed: 1}
		h.ID, h.Name, h.Arches, h.Channels, h.MaxJobs = int64(len(hosts)+1), arch+"-repo", []string{arch}, []int64{repos}, maxJobs
		h.Capacity, h.Enabled, h.Ready = koji.Some(4.0), koji.Some(true), koji.Some(true)
		hosts = append(hosts, h)
	}
	return hosts
}

// takes reports whether the hub's scheduler would assign a task to the host now.
//
// Source: kojihub/scheduler.py.
func (h *host) takes(t *task) bool {
	return h.load < h.Capacity.Value && h.tasks < h.MaxJobs &&
		h.Channels[0] == t.Channel.ID && (t.Arch == "noarch" || slices.Contains(h.Arches, t.Arch))
}

// rank returns the rank of a host for the scheduler: less is better.
func (h *host) rank() float64 { return h.load + float64(h.tasks) }

// weight returns the weight of a running task.
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

// weight returns a task's weight when it is opened. That of a buildArch depends on the hub's
// average.
//
// Source: BuildArchTask.updateWeight in builder/kojid.
func (s *System) weight(t *task) float64 {
	w := weight(t.Method)
	if average, ok := s.AverageBuildDuration(t.spec.Package); ok && t.Method == "buildArch" {
		w += min(18, average.Seconds()/4800)
	}
	return w
}
