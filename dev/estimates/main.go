// Command estimates compares ways to tell when a build will be done, on build systems
// that are made up: the hub's average, the rules of txkoji, and kojiwatch.
//
//	go run ./dev/estimates -builds 20000 -warmup 5000 -seed 1
//
// Each seed is a build system of its own.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

func main() {
	builds := flag.Int("builds", 20_000, "how many builds to judge by")
	warmup := flag.Int("warmup", 5000, "how many builds to learn from before")
	seed := flag.Uint64("seed", 1, "of the first build system; each one after it has the next")
	systems := flag.Int("systems", 1, "how many build systems there are of each workload")
	only := flag.String("workload", "", "one workload: lognormal or work")
	flag.Parse()
	for _, w := range workloads() {
		if *only != "" && *only != w.name {
			continue
		}
		for i := range *systems {
			at := *seed + uint64(i) //nolint:gosec // a small number
			fmt.Printf("workload %s, seed %d: %d builds after %d\n\n", w.name, at, *builds, *warmup)
			r := judge(simulation.New(at, w.make(at)), *warmup, *builds)
			if err := r.print(os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, "estimates:", err)
				os.Exit(1)
			}
		}
	}
}

// workload is a kind of workload by name.
type workload struct {
	name string
	make func(seed uint64) simulation.Workload
}

func workloads() []workload {
	return []workload{{"lognormal", simulation.NewLognormal}, {"work", simulation.NewWork}}
}

// judge lets the contenders follow a system and compares what they say with what comes
// true.
func judge(s *simulation.System, warmup, builds int) *result {
	r := newResult(contenders(s))
	open := map[int64][]claim{} // that nobody knows the truth of yet, by task
	for ended := 0; ended < warmup+builds; {
		n := s.Next()
		for _, c := range r.contenders {
			c.observe(&n)
		}
		t := n.Task
		if t == nil || !slices.Contains(judged(), t.Method) {
			continue
		}
		if !t.State.Final() {
			if ended >= warmup {
				r.ask(&n, open)
			}
			continue
		}
		if t.Method == "build" {
			ended++
		}
		r.settle(t, open[t.ID])
		delete(open, t.ID)
	}
	return r
}

// judged are the methods that are judged by.
func judged() []string { return []string{"build", "buildArch"} }
