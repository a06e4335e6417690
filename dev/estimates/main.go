// Command estimates compares methods to estimate when a build will be done, on simulated build
// systems: kojiwatch with a hub and from messages only; the hub's average, the rules of
// txkoji, the mean of the last ten runs and the median of the last fifteen; and an oracle that
// knows the median of every part of a build and all waits.
//
//	go run ./dev/estimates -setup small -seeds 10
//
// Each seed is a separate build system.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

// options are the command line.
type options struct {
	builds, warmup, seeds int
	seed                  uint64
	workload, setup, plot string
	restarts, logs        bool
}

func main() {
	var o options
	flag.IntVar(&o.builds, "builds", 3000, "number of builds to judge by")
	flag.IntVar(&o.warmup, "warmup", 1500, "number of builds to learn from before that")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the first build system; each following system has the next seed")
	flag.IntVar(&o.seeds, "seeds", 10, "number of seeds")
	flag.StringVar(&o.workload, "workload", "", "a workload, lognormal or work; by default they alternate")
	flag.StringVar(&o.setup, "setup", "usual,small", "build systems, separated by commas, or all: "+fmt.Sprint(setupNames()))
	flag.BoolVar(&o.restarts, "restarts", false, "compare estimators that restart every few hours with those that run on")
	flag.BoolVar(&o.logs, "logs", false, "compare estimators that see the sizes of build logs with those that do not, when tasks have run for parts of their time")
	flag.StringVar(&o.plot, "plot", "", "write an SVG of estimated and actual times of the last system's builds to this `file`")
	flag.Parse()
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprint(table, header)
	var last *result
	for _, setup := range simulation.Setups() {
		if !wanted(o.setup, setup.Name) {
			continue
		}
		var sum summary
		for i := range o.seeds {
			seed := o.seed + uint64(i) //nolint:gosec // a small number
			w := pickWorkload(o.workload, seed)
			s := simulation.New(seed, w.make(seed), setup)
			compared := contenders(s)
			if o.restarts {
				compared = restarts(s)
			}
			if o.logs {
				compared = readers(s)
				s.TellAlong(partsOfRun()...)
			}
			r := judge(s, compared, o.warmup, o.builds)
			last = r
			r.print(table, fmt.Sprintf("%s, %s %d", setup.Name, w.name, seed), &sum)
			if err := table.Flush(); err != nil {
				fmt.Fprintln(os.Stderr, "estimates:", err)
				os.Exit(1)
			}
		}
		sum.print(table, setup.Name)
		_ = table.Flush() // write errors are reported above
	}
	if o.plot != "" && last != nil {
		if err := plot(o.plot, last.points); err != nil {
			fmt.Fprintln(os.Stderr, "estimates:", err)
			os.Exit(1)
		}
	}
}

// workload returns the kind of workload with a name.
type workload struct {
	name string
	make func(seed uint64) simulation.Workload
}

func workloads() []workload {
	return []workload{{"lognormal", simulation.NewLognormal}, {"work", simulation.NewWork}}
}

func pickWorkload(name string, seed uint64) workload {
	all := workloads()
	if i := slices.IndexFunc(all, func(w workload) bool { return w.name == name }); i >= 0 {
		return all[i]
	}
	return all[seed%2]
}

// judge lets the contenders follow a system, and compares their estimates with the actual
// times.
func judge(s *simulation.System, compared []contender, warmup, builds int) *result {
	r := newResult(compared)
	open := map[int64][]estimate{} // estimates of tasks that have not ended, by task
	// Continue until all estimated tasks have ended, because short tasks end first.
	for ended := 0; ended < warmup+builds || len(open) > 0 && ended < warmup+2*builds; {
		n := s.Next()
		if n.Along > 0 {
			if ended >= warmup && ended < warmup+builds {
				r.ask(&n, open)
			}
			continue
		}
		for _, c := range r.contenders {
			c.observe(&n)
		}
		t := n.Task
		if t == nil || !slices.Contains(judged(), t.Method) {
			continue
		}
		if !t.State.Final() {
			if ended >= warmup && ended < warmup+builds {
				r.ask(&n, open)
			}
			continue
		}
		if t.Method == "build" {
			ended++
		}
		r.settle(&n, open[t.ID])
		delete(open, t.ID)
	}
	return r
}

// judged returns the methods whose estimates are judged.
func judged() []string { return []string{"build", "buildArch"} }
