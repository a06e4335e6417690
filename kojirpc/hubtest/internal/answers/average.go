package answers

import (
	"math"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func getAverageBuildDuration(c *Reader, a *python.Arguments) (any, error) {
	p, err := c.DB.packages.find(a.Get("package"))
	if p == nil || err != nil {
		return nil, err
	}
	if fixed, ok := c.DB.Data.Averages[p.Name]; ok {
		return fixed, nil
	}
	var since time.Time
	if !c.NoAverageAge {
		if age, ok := a.Get("age").(int64); ok {
			since = c.Now.AddDate(0, -int(age), 0)
		}
	}
	var sum float64
	n := 0
	for _, b := range c.DB.byPkg[p.Name] {
		if b.State == koji.BuildComplete.String() && timed(b) && b.Completed.After(since) {
			sum += float64(b.Completed.Sub(b.Created).Microseconds())
			n++
		}
	}
	if n == 0 {
		return nil, nil
	}
	return math.Round(sum/float64(n)) / 1e6, nil
}

// timed reports whether a build counts in averages: whether it was made by a task, or
// names the task that made it.
func timed(b *dataset.Build) bool {
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
