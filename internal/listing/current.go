package listing

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/table"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// maxCurrent bounds how many builds of a package are told of; each takes a few requests.
const maxCurrent = 10

// Current reads what goes on with a package: its builds that have not ended, the newest
// first, each with when it will be done. Now may be nil.
func Current(ctx context.Context, api kojirpc.API, pkg string, now func() time.Time) ([]*live.Answer, error) {
	q := Query{Package: kojirpc.Name(pkg), States: []string{koji.BuildBuilding.String()}, Limit: maxCurrent}
	builds, err := q.Builds(ctx, api)
	if err != nil {
		return nil, err
	}
	var answers []*live.Answer
	for i := range builds {
		reader, err := live.Of(api, kojirpc.Thing{Build: &builds[i]}, live.Options{Now: now})
		if err != nil {
			return nil, err
		}
		a, err := reader.Look(ctx)
		if err != nil {
			return nil, err
		}
		if a.Build == nil {
			a.Build = &builds[i]
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// Current prints what goes on with a package.
func (p *Printer) Current(answers []*live.Answer) error {
	if p.JSON {
		for _, a := range answers {
			text, err := etatext.JSON(a)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(p.Out, "%s\n", text); err != nil {
				return err
			}
		}
		return nil
	}
	tab := &table.Table{Width: p.Width, Columns: []table.Column{
		{Title: "NVR", Min: 20}, {Title: "TARGET", Min: 6, Spare: 1}, {Title: "OWNER", Min: 6, Spare: 2}, {Title: "TASK", Right: true, Spare: 3},
		StateColumn("DOES", p.Color), {Title: "TIME", Spare: 4}, {Title: "DONE", Min: 14},
	}}
	for _, a := range answers {
		_, since := p.buildTime(a.Build)
		done := "not known"
		if a.Estimate.Known() {
			text, clock := etatext.Remaining(&a.Estimate, p.Now)
			done = text + " " + clock
		}
		does := a.Estimate.Phase
		if does == "" {
			does = a.State()
		}
		tab.Add(a.Build.NVR, a.Target, refText(a.Build.Owner), number(a.Build.TaskID), does, since, done)
	}
	return p.write(tab, "no build that has not ended")
}
