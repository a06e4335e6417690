package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/koji"
)

// moment is the state of a task when it is estimated, and whether it belongs to a mass
// rebuild.
type moment struct {
	method string
	state  koji.TaskState
	mass   bool
	arches string  // whether an arch of the build waited for long in the end; "" means all builds
	along  float64 // the share of its time that the task has run; 0 if it is in a new state
}

// longWait is the shortest wait with which an arch counts as waiting.
const longWait = 2 * time.Minute

// oracle is the contender that knows everything but chance.
const oracle = "oracle"

// estimate is the estimate of a task that has not ended.
type estimate struct {
	contender string
	moment    moment
	at        time.Time
	answer    answer
	ok        bool
}

// tally compares a contender's estimates with the actual times.
type tally struct {
	ratios []float64 // of estimated to actual time
	inside int       // actual times within the interval
	asked  int
	// starts has the errors of the starts of waiting tasks.
	starts []time.Duration
}

// result compares the contenders' estimates with the actual times.
type result struct {
	contenders []contender
	tallies    map[moment]map[string]*tally
	points     []point // to plot
}

func newResult(c []contender) *result {
	return &result{contenders: c, tallies: map[moment]map[string]*tally{}}
}

func (r *result) tally(m moment, contender string) *tally {
	if r.tallies[m] == nil {
		r.tallies[m] = map[string]*tally{}
	}
	t := r.tallies[m][contender]
	if t == nil {
		t = new(tally)
		r.tallies[m][contender] = t
	}
	return t
}

// ask requests an estimate of a task in a new state from every contender, unless the task was
// started before.
func (r *result) ask(n *simulation.Notice, open map[int64][]estimate) {
	t := *n.Task
	if t.State != koji.TaskOpen && (t.State != koji.TaskFree || !t.Started.IsZero()) {
		return
	}
	m := moment{method: t.Method, state: t.State, mass: n.Mass, along: n.Along}
	for _, c := range r.contenders {
		a, ok := c.estimate(&t, n.At)
		open[t.ID] = append(open[t.ID], estimate{c.name(), m, n.At, a, ok})
	}
}

// settle compares estimates with the end of their task. It ignores those of tasks that
// failed, were canceled or restarted.
func (r *result) settle(n *simulation.Notice, list []estimate) {
	t := n.Task
	if t.State != koji.TaskClosed {
		return
	}
	for _, e := range list {
		if e.moment.state == koji.TaskOpen && e.at.Before(t.Started) {
			continue
		}
		if e.ok {
			r.plotted(&e, t)
		}
		for _, m := range e.moment.split(n) {
			k := r.tally(m, e.contender)
			k.asked++
			if e.ok {
				k.add(&e, t)
			}
		}
	}
	if n.Best > 0 && len(list) > 0 {
		for _, m := range (moment{method: t.Method, state: koji.TaskOpen, mass: n.Mass}).split(n) {
			o := r.tally(m, oracle)
			o.ratios = append(o.ratios, ratio(n.Best, t.Ended.Sub(t.Started)))
		}
	}
}

// split returns the moment itself and the subset of it that a task belongs to in the end.
func (m moment) split(n *simulation.Notice) []moment {
	part := m
	part.arches = "no arch waits"
	if n.ArchWait > longWait {
		part.arches = "an arch waits"
	}
	if m.method != "build" {
		return []moment{m}
	}
	return []moment{m, part}
}

func (k *tally) add(e *estimate, t *koji.Task) {
	truth := t.Ended.Sub(e.at)
	k.ratios = append(k.ratios, ratio(e.answer.likely.Sub(e.at), truth))
	if !t.Ended.Before(e.answer.low) && !t.Ended.After(e.answer.high) {
		k.inside++
	}
	if e.moment.state == koji.TaskFree && !e.answer.starts.IsZero() {
		k.starts = append(k.starts, t.Started.Sub(e.answer.starts).Abs())
	}
}

func ratio(likely, truth time.Duration) float64 {
	return max(likely, time.Second).Seconds() / max(truth, time.Second).Seconds()
}

// error returns the median absolute error as a share of the actual time.
func (k *tally) error() float64 {
	return median(k.ratios, func(r float64) float64 { return math.Abs(r - 1) })
}

// bias returns the median ratio of estimated to actual time.
func (k *tally) bias() float64 { return median(k.ratios, func(r float64) float64 { return r }) }

func (k *tally) coverage() float64 { return float64(k.inside) / float64(max(1, len(k.ratios))) }

// started returns the share of starts with at most this error.
func (k *tally) started(within time.Duration) float64 {
	n := 0
	for _, d := range k.starts {
		if d <= within {
			n++
		}
	}
	return float64(n) / float64(max(1, len(k.starts)))
}

func median(list []float64, of func(float64) float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	values := make([]float64, len(list))
	for i, v := range list {
		values[i] = of(v)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// moments returns the moments with enough estimates, in order.
func (r *result) moments() []moment {
	const enough = 50
	var list []moment
	for m, by := range r.tallies {
		if k := by[r.contenders[len(r.contenders)-1].name()]; k != nil && k.asked >= enough {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, moment.compare)
	return list
}

func (m moment) compare(o moment) int {
	return cmp.Or(cmp.Compare(m.method, o.method), cmp.Compare(m.state.Number(), o.state.Number()), cmp.Compare(m.along, o.along),
		cmp.Compare(fmt.Sprint(m.mass, m.arches), fmt.Sprint(o.mass, o.arches)))
}

func (m moment) String() string {
	load := "usual"
	if m.mass {
		load = "mass"
	}
	if m.arches != "" {
		load += ", " + m.arches
	}
	if m.along > 0 {
		load += fmt.Sprintf(", after %.0f %%", 100*m.along)
	}
	return fmt.Sprintf("%s %s, %s", m.method, m.state, load)
}

// ours are the names of the contenders that are no peers.
func (r *result) ours() []string {
	var names []string
	for _, c := range r.contenders {
		if !slices.Contains(peers(), c.name()) {
			names = append(names, c.name())
		}
	}
	return names
}

// header is the table's header.
const header = "SYSTEM\tMOMENT\tBY\tTASKS\tERROR\tEST/TRUE\tCOVERS\tSTART 1m\tSTART 10m\tORACLE\tBEST PEER\tAIM\n"

// print writes the rows of a system.
func (r *result) print(out io.Writer, system string, sum *summary) {
	for _, m := range r.moments() {
		by := r.tallies[m]
		for _, name := range r.ours() {
			k := by[name]
			if k == nil || len(k.ratios) == 0 {
				continue
			}
			best := math.NaN()
			if o := by[oracle]; o != nil && m.state == koji.TaskOpen {
				best = o.error()
			}
			peer, least := bestPeer(by)
			sum.add(m, name, k, best, least)
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.2f\t%.2f\t%.2f\t%s\t%s\t%.2f\t%s %.2f\t%s\n", system, m, name, len(k.ratios),
				k.error(), k.bias(), k.coverage(), k.share(time.Minute), k.share(10*time.Minute), best, peer, least, k.aim(m, best))
		}
	}
}

func (k *tally) share(within time.Duration) string {
	if len(k.starts) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", k.started(within))
}

// bestPeer returns the peer with the smallest error among those with estimates for most
// tasks.
func bestPeer(by map[string]*tally) (name string, least float64) {
	least = math.NaN()
	for _, peer := range peers() {
		k := by[peer]
		if k == nil || 2*len(k.ratios) < k.asked {
			continue
		}
		if e := k.error(); math.IsNaN(least) || e < least {
			name, least = peer, e
		}
	}
	return name, least
}

// aim reports whether estimates of builds meet the targets.
func (k *tally) aim(m moment, best float64) string {
	var holds bool
	switch {
	case m.method != "build" || m.arches != "":
		return ""
	case m.mass:
		holds = k.error() <= 0.35 && k.bias() >= 0.7 && k.bias() <= 1.4 && k.coverage() >= 0.7
	case m.state == koji.TaskOpen:
		holds = k.error() <= 1.5*best && k.bias() >= 0.95 && k.bias() <= 1.05 && k.coverage() >= 0.75 && k.coverage() <= 0.85
	default:
		return ""
	}
	if holds {
		return "holds"
	}
	return "missed"
}
