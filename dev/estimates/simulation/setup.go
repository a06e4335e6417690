package simulation

import (
	"math/rand/v2"
	"time"
)

// Setup describes the hosts of a build system and how they get tasks.
type Setup struct {
	Name     string
	Hosts    [2]int     // minimum and maximum for each arch
	Capacity [2]float64 // of a host
	MaxJobs  int
	Mixed    bool // every host builds two arches
	Round    time.Duration
	// Asleep means that a parent waiting for its children has no weight on its host.
	Asleep bool
	// MassArrivals is the factor by which builds are more frequent in a mass rebuild; 0 means
	// one every few seconds.
	MassArrivals float64
	// SRPMHost means that all sources are made on one host, in a separate channel.
	SRPMHost bool
}

// Setups returns the build systems that estimates are measured on.
func Setups() []Setup {
	small := Setup{
		Name: "small", Hosts: [2]int{2, 5}, Capacity: [2]float64{2, 6}, MaxJobs: maxJobs, Round: 15 * time.Second, MassArrivals: 10,
	}
	big, many, mixed, jobs, one := small, small, small, small, small
	big.Name, big.Hosts, big.Capacity, big.MaxJobs = "few big hosts", [2]int{1, 2}, [2]float64{12, 30}, 40
	many.Name, many.Hosts, many.Capacity = "many small hosts", [2]int{8, 20}, [2]float64{1.5, 3}
	mixed.Name, mixed.Mixed = "mixed arches", true
	jobs.Name, jobs.MaxJobs = "maxjobs 3", 3
	one.Name, one.SRPMHost = "one host makes sources", true
	return []Setup{
		{Name: "usual", Hosts: [2]int{5, 10}, Capacity: [2]float64{3, 9}, MaxJobs: maxJobs, Round: time.Minute, Asleep: true},
		small, big, many, mixed, jobs, one,
	}
}

// count draws the number of hosts of an arch.
func (s *Setup) count(r *rand.Rand) int { return s.Hosts[0] + r.IntN(s.Hosts[1]-s.Hosts[0]+1) }
