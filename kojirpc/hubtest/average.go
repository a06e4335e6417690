package hubtest

import (
	"math"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

func getAverageBuildDuration(c *call, a *arguments) (any, error) {
	p, err := c.db.packages.find(a.get("package"))
	if p == nil || err != nil {
		return nil, err
	}
	if fixed, ok := c.db.data.Averages[p.Name]; ok {
		return fixed, nil
	}
	var since time.Time
	if !c.hub.opts.NoAverageAge {
		if age, ok := a.get("age").(int64); ok {
			since = c.now.AddDate(0, -int(age), 0)
		}
	}
	var sum float64
	n := 0
	for _, b := range c.db.byPkg[p.Name] {
		if b.State == koji.BuildComplete.String() && b.timed() && b.Completed.After(since) {
			sum += float64(b.Completed.Sub(b.Created).Microseconds())
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return math.Round(sum/float64(n)) / 1e6, nil
}

// timed reports whether a build counts in averages: one that a task made, or
// that says which task made it.
func (b *Build) timed() bool {
	if b.Task != 0 {
		return true
	}
	for k := range b.Extra {
		if strings.Contains(k, "koji_task_id") {
			return true
		}
	}
	return false
}
