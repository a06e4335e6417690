package watch

import (
	"context"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/tasktree"
	"github.com/kojiwatch/kojiwatch/koji"
)

// maxExplained is the maximum number of failures to explain: nobody reads more, and each costs
// the hub several calls.
const maxExplained = 20

// explainer finds the causes of failed tasks, each once.
type explainer struct {
	causes causes
	tried  map[int64]*event.Failure // by task; nil where the hub could not tell
}

// unexplained returns the failed tasks whose causes have not been looked up.
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

// explain looks up the causes of failures. It does not retry after an error of the hub.
func (x *explainer) explain(ctx context.Context, failed []*live.Answer) {
	for _, a := range failed {
		found, err := x.causes.FindIn(ctx, &a.Node.Task, tasktree.Below(a.Node))
		if err != nil {
			found = nil
		}
		x.tried[a.Node.Task.ID] = found
	}
}
