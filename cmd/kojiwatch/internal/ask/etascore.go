package ask

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"text/tabwriter"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
)

// scoreOptions select the scores to show.
type scoreOptions struct {
	Config string // a configuration whose state folder holds
	Dir    string // a state folder, in place of that
	JSON   bool
}

// printScore prints the scores of the estimates in a state folder. The daemon may be running;
// it saves them every ten seconds.
func printScore(streams cliutil.Streams, opts scoreOptions) error {
	c, err := cli.HubConfig(opts.Config, config.HubFlags{})
	if err != nil {
		return err
	}
	dir := cmp.Or(opts.Dir, c.StateDir)
	scores, err := estimation.ReadScores(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s has no scores yet: they come with the tasks that end while kojiwatch runs, or with \"kojiwatch replay --history\"", cliutil.Visible(dir))
	case err != nil:
		return err
	}
	rows := scoreRows(scores)
	if opts.JSON {
		for i := range rows {
			if err := cli.WriteJSONLine(streams.Out, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return printScores(streams.Out, rows)
}

// scoreRow holds the scores of a method's estimates at a moment. Errors are shares
// of the time that remained.
type scoreRow struct {
	Method   string         `json:"method"`
	Moment   score.Moment   `json:"moment"`
	N        uint64         `json:"n"`
	Error    float64        `json:"median_absolute_error"`
	Bias     float64        `json:"bias"`
	Coverage float64        `json:"coverage"`
	Average  *averageScore  `json:"hub_average,omitempty"`
	Bases    map[string]int `json:"bases"`
}

// averageScore is the score of the hub's average.
type averageScore struct {
	N     uint64  `json:"n"`
	Error float64 `json:"median_absolute_error"`
	Bias  float64 `json:"bias"`
}

func scoreRows(c *score.Card) []scoreRow {
	var rows []scoreRow
	for _, k := range c.Keys() {
		if n := len(rows); n > 0 && rows[n-1].Method == k.Method && rows[n-1].Moment == k.Moment {
			continue // of another basis
		}
		rows = append(rows, scoreRowOf(c, k))
	}
	return rows
}

// scoreRowOf returns the row of a method and moment, for all bases together.
func scoreRowOf(c *score.Card, k score.Key) scoreRow {
	pick := func(o score.Key) bool { return o.Method == k.Method && o.Moment == k.Moment }
	t := c.Of(pick)
	row := scoreRow{
		Method: k.Method, Moment: k.Moment, N: t.Ratios.Count(),
		Error: t.Ratios.MedianError(), Bias: t.Ratios.Bias(), Coverage: t.Coverage(), Bases: map[string]int{},
	}
	if n := t.Baseline.Count(); n > 0 {
		row.Average = &averageScore{n, t.Baseline.MedianError(), t.Baseline.Bias()}
	}
	for _, o := range c.Keys() {
		if pick(o) {
			of := c.Get(o)
			row.Bases[o.Basis] += int(of.Ratios.Count()) //nolint:gosec // a count of what went by
		}
	}
	return row
}

func printScores(out io.Writer, rows []scoreRow) error {
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "METHOD\tWHEN\tESTIMATES\tMEDIAN ERROR\tBIAS\tIN INTERVAL\tHUB'S AVERAGE")
	for i := range rows {
		r := &rows[i]
		average := "-"
		if a := r.Average; a != nil {
			average = fmt.Sprintf("%.0f %%", 100*a.Error)
			if a.N != r.N {
				average += fmt.Sprintf(" of %d", a.N)
			}
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%d\t%.0f %%\t%+.0f %%\t%.0f %%\t%s\n",
			cliutil.Visible(r.Method), r.Moment, r.N, 100*r.Error, 100*r.Bias, 100*r.Coverage, average)
	}
	return table.Flush()
}
