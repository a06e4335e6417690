package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
)

// summary combines the rows of all seeds of a setup.
type summary struct{ rows map[rowKey]*row }

type rowKey struct {
	moment moment
	by     string
}

// row has one value for each seed.
type row struct {
	errors, biases, covers, oracles, peers []float64
	aims                                   []string
}

func (s *summary) add(m moment, by string, k *tally, best, peer float64) {
	if s.rows == nil {
		s.rows = map[rowKey]*row{}
	}
	r := s.rows[rowKey{m, by}]
	if r == nil {
		r = new(row)
		s.rows[rowKey{m, by}] = r
	}
	r.errors, r.biases, r.covers = append(r.errors, k.error()), append(r.biases, k.bias()), append(r.covers, k.coverage())
	r.oracles, r.peers, r.aims = append(r.oracles, best), append(r.peers, peer), append(r.aims, k.aim(m, best))
}

// print writes the median, minimum and maximum of the seeds for each row.
func (s *summary) print(out io.Writer, setup string) {
	keys := make([]rowKey, 0, len(s.rows))
	for k := range s.rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b rowKey) int { return cmp.Or(a.moment.compare(b.moment), cmp.Compare(a.by, b.by)) })
	_, _ = fmt.Fprintf(out, "\nALL SEEDS, %s\tBY\tSEEDS\tERROR\tEST/TRUE\tCOVERS\tORACLE\tBEST PEER\tAIM\n", setup)
	for _, k := range keys {
		r, aim := s.rows[k], ""
		holds := 0
		for _, a := range r.aims {
			if a == "holds" {
				holds++
			}
		}
		if r.aims[0] != "" {
			aim = fmt.Sprintf("holds in %d of %d", holds, len(r.aims))
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", k.moment, k.by, len(r.errors),
			spread(r.errors), spread(r.biases), spread(r.covers), spread(r.oracles), spread(r.peers), aim)
	}
	_, _ = fmt.Fprintln(out)
}

// spread returns median, minimum and maximum of the known values.
func spread(list []float64) string {
	list = slices.DeleteFunc(slices.Clone(list), math.IsNaN)
	if len(list) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", median(list, func(v float64) float64 { return v }), slices.Min(list), slices.Max(list))
}
