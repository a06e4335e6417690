// Command sentinel measures package sentinel on simulated build systems: which of the
// faults it finds that were made in them, how soon, and how many alarms it raises where
// there is no fault.
//
//	go run ./dev/sentinel -seeds 10
//
// Each seed is a build system of its own, with mass rebuilds.
package main

import (
	"flag"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

func main() {
	var (
		seed   = flag.Uint64("seed", 1, "of the first build system; each one after it has the next")
		seeds  = flag.Int("seeds", 10, "how many seeds")
		warmup = flag.Int("warmup", 1500, "builds to learn from before")
		quiet  = flag.Int("builds", 4000, "builds without faults, to count false alarms in")
		rounds = flag.Int("rounds", 2, "how often each fault is made on each system")
		setup  = flag.Int("setup", -1, fmt.Sprintf("one kind of build system, by number up to %d; by default all in turn", len(simulation.Setups())-1))
		debug  = flag.Bool("v", false, "print each alarm that no fault explains, and each fault that was not found")
	)
	flag.Parse()
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "system\tbuilds\tof a mass rebuild\tfalse alarms\tfaults found\tof")
	sum := newScore()
	for i := range *seeds {
		n := *seed + uint64(i) //nolint:gosec // a small number
		setups := simulation.Setups()
		chosen := setups[i%len(setups)]
		if *setup >= 0 {
			chosen = setups[*setup]
		}
		w := simulation.NewLognormal(n)
		if n%2 == 0 {
			w = simulation.NewWork(n)
		}
		one := newTrial(simulation.New(n, w, chosen), *debug)
		one.judge(*warmup, *quiet, *rounds)
		one.score.print(table, fmt.Sprintf("%s %d", chosen.Name, n))
		_ = table.Flush()
		sum.add(one.score)
	}
	sum.print(table, "all")
	_ = table.Flush()
	sum.printFaults(os.Stdout)
}
