package main

import "time"

// The people and hosts of the simulated build system, by id. internal/demo has the same names
// instead of a hub.
const (
	kojira int64 = 2
	alice  int64 = 5
	bob    int64 = 6
	carol  int64 = 7
	releng int64 = 8
)

var userNames = map[int64]string{kojira: "kojira", alice: "alice", bob: "bob", carol: "carol", releng: "releng"}

// hostOf returns the host that builds for an arch; noarch builds go to the first.
var hostOf = map[string]int64{"noarch": 1, "x86_64": 2, "aarch64": 3, "ppc64le": 4, "s390x": 5}

var arches = []string{"x86_64", "aarch64", "ppc64le", "s390x"}

// recipe describes a package's builds.
type recipe struct {
	name, version, release string
	owner                  int64
	target, tag            string
	arches                 map[string]time.Duration // durations by arch
	srpm                   time.Duration
	scratch                bool
	failing                string // the arch that fails at the end of its duration
}

const minute = time.Minute

var (
	bash = recipe{
		name: "bash", version: "5.3.9", release: "2.fc44", owner: alice, target: "f44-candidate", tag: "f44-updates-candidate", srpm: 75 * time.Second,
		arches: map[string]time.Duration{"x86_64": 7 * minute, "aarch64": 11 * minute, "ppc64le": 13 * minute, "s390x": 22 * minute},
	}
	htop = recipe{
		name: "htop", version: "3.5.0", release: "1.fc44", owner: bob, target: "f44-candidate", srpm: 50 * time.Second, scratch: true,
		arches: map[string]time.Duration{"x86_64": 2 * minute, "aarch64": 3 * minute, "ppc64le": 4 * minute, "s390x": 5 * minute},
	}
	zsh = recipe{
		name: "zsh", version: "5.10", release: "1.fc44", owner: carol, target: "f44-candidate", tag: "f44-updates-candidate", srpm: 60 * time.Second,
		arches:  map[string]time.Duration{"x86_64": 9 * minute, "aarch64": 12 * minute, "ppc64le": 8 * minute, "s390x": 15 * minute},
		failing: "ppc64le",
	}
	attrs    = python("attrs", "26.1.0", 4*minute)
	requests = python("requests", "2.34.1", 5*minute)
	rich     = python("rich", "15.0.0", 6*minute)
)

// python returns a noarch package of the small rebuild.
func python(name, version string, takes time.Duration) recipe {
	return recipe{
		name: "python-" + name, version: version, release: "3.fc44", owner: releng, target: "f44-python", tag: "f44-python", srpm: 45 * time.Second,
		arches: map[string]time.Duration{"noarch": takes},
	}
}
