package watch

import (
	"context"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/tasktree"
	"github.com/kojiwatch/kojiwatch/koji"
)

// maxExplained bounds how many failures are looked into: nobody reads more, and each costs
// the hub several calls.
const maxExplained = 20

// explainer finds out why tasks failed, each once.
type explainer struct {
	causes causes
	tried  map[int64]*event.Failure // by task; nil where the hub could not tell
}

// unexplained returns the tasks that have failed and were not looked into.
func (x *explainer) unexplained(answers []*live.Answer) []*live.Answer {
	var failed []*live.Answer
	for _, a := range answers {
		t := &a.Node.Task
		if _, tried := x.tried[t.ID]; x.causes != nil && !tried && t.State == koji.TaskFailed && len(x.tried)+len(failed) < maxExplained {
			failed = append(failed, a)
		}
	}
	return failed
}

// explain looks into failures. What the hub does not tell stays untold: it has no second
// chance, since nothing waits for it.
func (x *explainer) explain(ctx context.Context, failed []*live.Answer) {
	for _, a := range failed {
		found, err := x.causes.FindIn(ctx, &a.Node.Task, tasktree.Below(a.Node))
		if err != nil {
			found = nil
		}
		x.tried[a.Node.Task.ID] = found
	}
}
