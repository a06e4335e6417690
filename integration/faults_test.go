//go:build integration

package integration

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// fault is something that goes wrong for a while.
type fault struct {
	name string
	// apart is a group: only one fault of a group is active at a time.
	apart string
	// least and most bound the time between begin and end, each of which may be nil.
	least, most time.Duration
	begin, end  func() error
	// replica is the replica whose session with the broker it may end, if any.
	replica string
	// answers reports that a response of the receiver may get lost.
	answers bool
}

// moment is the start or the end of a fault.
type moment struct {
	at    time.Duration // from the start of the run
	fault *fault
	ends  bool
}

// between bounds the pause before the next fault starts. The previous one may still be
// active.
const (
	leastBetween = 500 * time.Millisecond
	mostBetween  = 3 * time.Second
)

// schedule chooses random times at which faults start and end. Each fault starts once
// before any starts again.
func schedule(r *rand.Rand, faults []fault, within time.Duration) []moment {
	var all []moment
	busy := map[string]time.Duration{}
	var deck []int
	for next := 2 * leastBetween; ; next += leastBetween + time.Duration(r.Int64N(int64(mostBetween-leastBetween))) {
		if len(deck) == 0 {
			deck = r.Perm(len(faults))
		}
		f := &faults[deck[0]]
		deck = deck[1:]
		begin := max(next, busy[f.apart])
		end := begin + f.least + time.Duration(r.Int64N(int64(f.most-f.least)+1))
		if next > within {
			break
		}
		if end > within {
			continue
		}
		busy[f.apart] = end + leastBetween
		all = append(all, moment{begin, f, false}, moment{end, f, true})
	}
	slices.SortStableFunc(all, func(a, b moment) int { return int(a.at - b.at) })
	return all
}

func TestShortSoakHasEachFault(t *testing.T) {
	t.Parallel()
	s := &soak{t: t, replicas: []*replica{{name: "a"}, {name: "b"}}}
	faults := s.faults()
	plan := schedule(rand.New(rand.NewPCG(shortSeed, 0)), faults, shortSoak)
	for i := range faults {
		if !slices.ContainsFunc(plan, func(m moment) bool { return m.fault == &faults[i] && m.ends }) {
			t.Errorf("%s is left out; another shortSeed may have it", faults[i].name)
		}
	}
}

// happening is a fault that happened, with its time.
type happening struct {
	name     string
	replica  string
	answers  bool
	from, to time.Time
}

// lateness is how long a process may still send after its session was lost: until it
// notices and its requests have ended.
const lateness = 12 * time.Second

// history lists the faults of a run.
type history []happening

// sessionEnded reports whether a replica may have lost its session in that time, or just
// before.
func (h history) sessionEnded(replica string, from, to time.Time) bool {
	return slices.ContainsFunc(h, func(x happening) bool { return x.replica == replica && x.within(from, to) })
}

// answerLost reports whether a response may have been lost in that time.
func (h history) answerLost(from, to time.Time) bool {
	return slices.ContainsFunc(h, func(x happening) bool { return x.answers && x.within(from, to) })
}

func (x happening) within(from, to time.Time) bool {
	return x.from.Before(to) && x.to.Add(lateness).After(from)
}

// write writes the history, a line per fault.
func (h history) write(begun time.Time) string {
	var b strings.Builder
	for _, x := range h {
		fmt.Fprintf(&b, "%7.2fs to %7.2fs  %s\n", x.from.Sub(begun).Seconds(), x.to.Sub(begun).Seconds(), x.name)
	}
	return b.String()
}

// delivery is an event that the receiver accepted.
type delivery struct {
	number  int
	about   string // the task or build; "" means none, so its order does not matter
	by      string // the replica
	request int    // the number of the request
	at      time.Time
}

// unexplained returns the deliveries of a sink that are not possible with at-least-once
// delivery by a single active consumer. These rules hold:
//
//   - The first deliveries about a task or build are in the order of the messages.
//   - An event comes again only if the session of its last sender has ended since, so that
//     the acknowledgement was lost; or if its sender has just lost its session and still
//     sends what it has in hand; or if the response was lost, unless a newer event about
//     the task or build was sent in a request without it.
//   - A replica that sends while the other one has the queue has just lost the queue, or
//     has got it because the other one lost it.
func unexplained(all []delivery, begun time.Time, h history) (wrong []string) {
	violate := func(d delivery, format string, args ...any) {
		what := fmt.Sprintf("%.2fs: %s sends %d %s ", d.at.Sub(begun).Seconds(), d.by, d.number, d.about)
		wrong = append(wrong, what+fmt.Sprintf(format, args...))
	}
	last := map[int]delivery{}
	newest := map[string]delivery{}
	had := map[int]map[int]bool{} // by each request
	var streak, previous delivery // the first and the last delivery of a run by one replica
	for _, d := range all {
		late := h.sessionEnded(d.by, d.at, d.at.Add(time.Nanosecond))
		if streak.by != "" && streak.by != d.by && !late && !h.sessionEnded(streak.by, streak.at, d.at) {
			violate(d, "although %s has the queue, for %s", streak.by, d.at.Sub(streak.at).Round(time.Millisecond))
		}
		before, again := last[d.number]
		if front := newest[d.about]; !again && d.about != "" && d.number < front.number {
			violate(d, "for the first time, %s after %s sent %d", d.at.Sub(front.at).Round(time.Millisecond), front.by, front.number)
		}
		overtaken := d.about != "" && !had[newest[d.about].request][d.number]
		lost := before.by == d.by && !overtaken && h.answerLost(before.at, d.at)
		if again && !lost && !late && !h.sessionEnded(before.by, before.at, d.at) {
			violate(d, "again %s after %s, and nothing was lost; the newest is %d", d.at.Sub(before.at).Round(time.Millisecond), before.by, newest[d.about].number)
		}
		if d.by != previous.by {
			streak = d
		}
		previous, last[d.number] = d, d
		if d.number > newest[d.about].number {
			newest[d.about] = d
		}
		if had[d.request] == nil {
			had[d.request] = map[int]bool{}
		}
		had[d.request][d.number] = true
	}
	return wrong
}

func TestUnexplained(t *testing.T) {
	t.Parallel()
	begun := time.Unix(1_700_000_000, 0)
	at := func(s float64) time.Time { return begun.Add(time.Duration(s * float64(time.Second))) }
	cut := history{{name: "a is cut", replica: "a", from: at(20), to: at(20)}}
	requests := 0
	request := func(about, by string, from float64, numbers ...int) (all []delivery) {
		requests++
		for _, n := range numbers {
			all = append(all, delivery{n, about, by, requests, at(from)})
		}
		return all
	}
	sent := func(by string, from float64, numbers ...int) (all []delivery) {
		for i, n := range numbers {
			all = append(all, request("task 1", by, from+float64(i)/10, n)...)
		}
		return all
	}
	unanswered := history{{answers: true, from: at(1), to: at(1)}}
	for name, tc := range map[string]struct {
		all     []delivery
		history history
		want    int
	}{
		"each once":                         {all: sent("a", 1, 1, 2, 3)},
		"out of order":                      {all: sent("a", 1, 1, 3, 2), want: 1},
		"again for nothing":                 {all: sent("a", 1, 1, 2, 2), want: 1},
		"the newest after a lost answer":    {all: sent("a", 1, 1, 2, 2), history: unanswered},
		"an older one after a lost answer":  {all: sent("a", 1, 1, 2, 1), history: unanswered, want: 1},
		"a batch after a lost answer":       {all: slices.Concat(request("task 1", "a", 1, 1, 2, 3), request("task 1", "a", 2, 1, 2), request("task 1", "a", 3, 1)), history: unanswered},
		"a batch with more":                 {all: slices.Concat(request("task 1", "a", 1, 1), request("task 1", "a", 2, 1, 2), request("task 1", "a", 3, 1, 2)), history: unanswered},
		"a batch before another":            {all: slices.Concat(request("task 1", "a", 1, 1, 2), request("task 1", "a", 2, 3), request("task 1", "a", 3, 2)), history: unanswered, want: 1},
		"about nothing after a lost answer": {all: slices.Concat(request("", "a", 1, 1), request("", "a", 1, 2), request("", "a", 2, 1)), history: unanswered},
		"the rest after a cut":              {all: slices.Concat(sent("a", 19.5, 1, 2, 3), sent("a", 21, 2, 3, 4)), history: cut},
		"taken over after a cut":            {all: slices.Concat(sent("a", 19.5, 1, 2, 3), sent("b", 21, 2, 3, 4)), history: cut},
		"still sending after a cut":         {all: slices.Concat(sent("a", 19.5, 1), sent("b", 20.5, 1, 2), sent("a", 21, 2), sent("b", 22, 3)), history: cut},
		"a probe off the queue":             {all: slices.Concat(sent("a", 19.5, 1), sent("b", 20.5, 1, 2, 3), sent("a", 40, 1)), history: cut, want: 2},
		"taken over for nothing":            {all: slices.Concat(sent("a", 1, 1), sent("b", 2, 2)), history: cut, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := unexplained(tc.all, begun, tc.history); len(got) != tc.want {
				t.Errorf("got %q, want %d", got, tc.want)
			}
		})
	}
}

// chosen returns the faults whose names or prefixes are in KOJIWATCH_SOAK_FAULTS, separated
// by commas, or all if it is empty. Names with a minus in front are excluded.
func chosen(t *testing.T, faults []fault) []fault {
	t.Helper()
	var with, without []string
	for word := range strings.SplitSeq(os.Getenv("KOJIWATCH_SOAK_FAULTS"), ",") {
		if name, off := strings.CutPrefix(word, "-"); off {
			without = append(without, name)
		} else if word != "" {
			with = append(with, word)
		}
	}
	named := func(f fault, names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(f.name, name) })
	}
	faults = slices.DeleteFunc(faults, func(f fault) bool { return len(with) > 0 && !named(f, with) || named(f, without) })
	if len(faults) == 0 {
		t.Fatal("KOJIWATCH_SOAK_FAULTS names no fault")
	}
	return faults
}
