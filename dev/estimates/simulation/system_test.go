package simulation_test

import (
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

func systems(seed uint64) map[string]*simulation.System {
	return map[string]*simulation.System{
		"lognormal": simulation.New(seed, simulation.NewLognormal(seed), simulation.Setups()[0]),
		"work":      simulation.New(seed, simulation.NewWork(seed), simulation.Setups()[0]),
	}
}

// TestTaskStates checks that tasks go from FREE to ASSIGNED, OPEN and a final state, and back
// to FREE only from OPEN; that time goes forward; that children end before their parents; and
// that everything occurs.
func TestTaskStates(t *testing.T) {
	before := map[koji.TaskState][]koji.TaskState{
		koji.TaskFree:     {koji.TaskUnknown, koji.TaskOpen},
		koji.TaskAssigned: {koji.TaskFree},
		koji.TaskOpen:     {koji.TaskAssigned},
		koji.TaskClosed:   {koji.TaskOpen},
		koji.TaskFailed:   {koji.TaskOpen},
		koji.TaskCanceled: {koji.TaskFree, koji.TaskAssigned, koji.TaskOpen},
	}
	for name, s := range systems(1) {
		t.Run(name, func(t *testing.T) {
			states := map[int64]koji.TaskState{}
			seen := map[koji.TaskState]int{}
			var now time.Time
			builds, restarts, mass := 0, 0, 0
			for range 200_000 {
				n := s.Next()
				if n.At.Before(now) {
					t.Fatalf("%v after %v", n.At, now)
				}
				now = n.At
				if n.Mass {
					mass++
				}
				if n.Build != nil {
					builds++
					continue
				}
				was, known := states[n.Task.ID]
				if !known {
					was = koji.TaskUnknown
				}
				ok := false
				for _, b := range before[n.Task.State] {
					ok = ok || b == was
				}
				if !ok {
					t.Fatalf("task %d went from %v to %v", n.Task.ID, was, n.Task.State)
				}
				if parent, known := states[n.Task.Parent]; n.Task.Parent != 0 && (!known || parent.Final()) {
					t.Fatalf("task %d is %v, and its parent %v", n.Task.ID, n.Task.State, parent)
				}
				if n.Task.State == koji.TaskFree && was == koji.TaskOpen {
					restarts++
				}
				states[n.Task.ID] = n.Task.State
				seen[n.Task.State]++
			}
			if builds == 0 || restarts == 0 || mass == 0 || seen[koji.TaskFailed] == 0 || seen[koji.TaskCanceled] == 0 {
				t.Errorf("%d builds, %d restarts, %d of mass rebuilds, %v", builds, restarts, mass, seen)
			}
		})
	}
}

// TestSeeds checks that the same seed produces the same messages, and another seed others.
func TestSeeds(t *testing.T) {
	for name := range systems(1) {
		a, b, c := systems(1)[name], systems(1)[name], systems(2)[name]
		differ := false
		for range 5000 {
			x, y, z := a.Next(), b.Next(), c.Next()
			if !x.At.Equal(y.At) || (x.Task == nil) != (y.Task == nil) || x.Task != nil && x.Task.ID != y.Task.ID {
				t.Fatalf("%s: %+v and %+v", name, x, y)
			}
			differ = differ || !x.At.Equal(z.At)
		}
		if !differ {
			t.Errorf("%s: two seeds produce the same messages", name)
		}
	}
}
