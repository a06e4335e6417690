package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/koji"
)

// claim is an estimate whose truth is not known yet.
type claim struct {
	contender         string
	moment            score.Moment
	at                time.Time
	likely, low, high time.Time
	answer            bool
}

// massFree is the moment at which a task of a mass rebuild begins to wait.
const massFree score.Moment = "free, mass"

// result compares the contenders with the truth.
type result struct {
	contenders []contender
	asked      map[score.Key]int
	card       score.Card
	shared     score.Card // of kojiwatch where txkoji has an answer, too
}

func newResult(c []contender) *result {
	return &result{contenders: c, asked: map[score.Key]int{}}
}

// momentOf is the moment at which a task in a new state is estimated; "" for none.
func momentOf(n *simulation.Notice) score.Moment {
	switch {
	case n.Task.State == koji.TaskOpen:
		return score.Open
	case n.Task.State == koji.TaskFree && n.Task.Started.IsZero() && n.Mass:
		return massFree
	case n.Task.State == koji.TaskFree && n.Task.Started.IsZero():
		return score.Free
	}
	return ""
}

// ask asks every contender about a task in a new state.
func (r *result) ask(n *simulation.Notice, open map[int64][]claim) {
	m := momentOf(n)
	if m == "" {
		return
	}
	t := *n.Task
	for _, c := range r.contenders {
		likely, low, high, ok := c.estimate(&t, n.At)
		open[t.ID] = append(open[t.ID], claim{c.name(), m, n.At, likely, low, high, ok})
	}
}

// settle compares claims with the end of their task. Those of tasks that failed or were
// canceled are void.
func (r *result) settle(t *koji.Task, claims []claim) {
	for _, c := range claims {
		k := score.Key{Method: t.Method, Basis: c.contender, Moment: c.moment}
		if t.State != koji.TaskClosed || c.moment == score.Open && c.at.Before(t.Started) {
			continue // or it was begun again
		}
		r.asked[k]++
		if !c.answer {
			continue
		}
		e := score.Estimate{Likely: c.likely.Sub(c.at), Low: c.low.Sub(c.at), High: c.high.Sub(c.at)}
		r.card.Add(k, e, t.Ended.Sub(c.at))
		if c.contender == "kojiwatch" && answered(claims, "txkoji", c.moment) {
			r.shared.Add(k, e, t.Ended.Sub(c.at))
		}
	}
}

// answered reports whether a contender had an answer at a moment.
func answered(claims []claim, contender string, m score.Moment) bool {
	return slices.ContainsFunc(claims, func(c claim) bool { return c.contender == contender && c.moment == m && c.answer })
}

// print writes a table.
func (r *result) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "METHOD\tWHEN\tBY\tANSWERS\tMEDIAN ERROR\tBIAS\tIN INTERVAL")
	for _, method := range judged() {
		for _, m := range []score.Moment{massFree, score.Free, score.Open} {
			for _, c := range r.contenders {
				r.row(table, score.Key{Method: method, Basis: c.name(), Moment: m})
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	theirs := r.card.Get(score.Key{Method: "build", Basis: "txkoji", Moment: massFree})
	_, err := fmt.Fprintf(out, `
build at open: %.2f of the hub average's error
build at free in a mass rebuild: %.2f of txkoji's error, %.2f where txkoji has an answer, which is to %d of %d

`,
		r.ratio(r.card, score.Open, "hub average"), r.ratio(r.card, massFree, "txkoji"),
		r.ratio(r.shared, massFree, "txkoji"), theirs.Ratios.Count(), r.asked[score.Key{Method: "build", Basis: "txkoji", Moment: massFree}])
	return err
}

func (r *result) row(table io.Writer, k score.Key) {
	t := r.card.Get(k)
	inside := "-"
	if k.Basis == (*kojiwatch)(nil).name() {
		inside = fmt.Sprintf("%.0f %%", 100*t.Coverage())
	}
	_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d of %d\t%.1f %%\t%+.0f %%\t%s\n", k.Method, k.Moment, k.Basis,
		t.Ratios.Count(), r.asked[k], 100*t.Ratios.MedianError(), 100*t.Ratios.Bias(), inside)
}

// ratio is kojiwatch's median error of builds as a share of another's.
func (r *result) ratio(of score.Card, m score.Moment, other string) float64 {
	mine := of.Get(score.Key{Method: "build", Basis: "kojiwatch", Moment: m})
	theirs := r.card.Get(score.Key{Method: "build", Basis: other, Moment: m})
	return mine.Ratios.MedianError() / theirs.Ratios.MedianError()
}
