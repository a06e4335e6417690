package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// pageSize is how many rows of a kind are asked for at once.
const pageSize = 500

// slice is a piece of time of which the hub is asked: from its begin up to its end, which
// it does not hold.
type slice struct{ from, to time.Time }

// holds reports whether a time is in the slice.
func (s slice) holds(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// between returns the two options that bound a time of the hub's; the hub's own bounds
// are not among what it returns.
func (s slice) between(of string) map[string]any {
	return map[string]any{of + "After": seconds(s.from.Add(-time.Microsecond)), of + "Before": seconds(s.to)}
}

// seconds is a time as the hub takes it.
func seconds(at time.Time) float64 { return float64(at.UnixMicro()) / 1e6 }

// lists are the calls about one slice, which are one request.
type lists struct {
	batch   *kojirpc.Batch
	limit   int // of rows of each; 0: all
	results []*kojirpc.Result[[]row]
	history *kojirpc.Result[map[string][]row]
}

// taskTopics are those of messages about tasks that can be made of what the hub says.
func taskTopics() []string {
	return []string{"task.free", "task.open", "task.closed", "task.failed", "task.canceled"}
}

// ask asks for all that happened in a slice. Full is whether there may be more rows than
// the limit.
func ask(ctx context.Context, api kojirpc.API, route *Route, s slice, limit int) (found []Fact, full bool, err error) {
	l := &lists{batch: kojirpc.NewBatch(api), limit: limit}
	if route.wantsAny(taskTopics()...) {
		l.tasks(s, "complete", nil)
		l.tasks(s, "created", nil)
		l.tasks(s, "started", []int{stateOpen})
	}
	first := len(l.results)
	l.builds(s, "complete")
	l.builds(s, "created")
	l.builds(s, "promoted")
	l.changes(s)
	if err := l.batch.Send(ctx); err != nil {
		return nil, false, err
	}
	for i, result := range l.results {
		rows, err := result.Get()
		if i == len(l.results)-1 && errors.As(err, new(*kojirpc.Fault)) {
			break // hubs before 1.34 have no drafts to promote
		}
		if err != nil {
			return nil, false, err
		}
		full = full || limit > 0 && len(rows) >= limit
		for _, r := range rows {
			if i < first {
				found = append(found, tasksFacts(r, s)...)
			} else {
				found = append(found, buildFacts(r, s)...)
			}
		}
	}
	tables, err := l.history.Get()
	if err != nil {
		return nil, false, err
	}
	for _, rows := range tables {
		full = full || limit > 0 && len(rows) >= limit
	}
	found = append(found, tagFacts(tables["tag_listing"], s)...)
	found = append(found, packageFacts(tables["tag_packages"], tables["tag_package_owners"], s)...)
	return distinct(found, route), full, nil
}

// distinct leaves out what is found twice, and what the queue is not bound for.
func distinct(found []Fact, route *Route) []Fact {
	seen := make(map[string]bool, len(found))
	found = slices.DeleteFunc(found, func(f Fact) bool {
		key := f.Subject + " " + f.Kind + " " + f.At.String()
		again := seen[key]
		seen[key] = true
		return again || !route.wants(f.topic)
	})
	order(found)
	return found
}

func (l *lists) tasks(s slice, of string, states []int) {
	opts := s.between(of)
	opts["decode"] = true
	if states != nil {
		opts["state"] = states
	}
	l.results = append(l.results, kojirpc.Add[[]row](l.batch, "listTasks", opts, l.page("id")))
}

func (l *lists) builds(s slice, of string) {
	named := kojirpc.Named(s.between(of))
	named["queryOpts"] = l.page("build_id")
	l.results = append(l.results, kojirpc.Add[[]row](l.batch, "listBuilds", named))
}

// changes asks what came to tags and their package lists, and what went.
func (l *lists) changes(s slice) {
	l.history = kojirpc.Add[map[string][]row](l.batch, "queryHistory", kojirpc.Named{
		"tables": []string{"tag_listing", "tag_packages", "tag_package_owners"},
		"after":  seconds(s.from.Add(-time.Microsecond)), "before": seconds(s.to), "queryOpts": l.page("create_event"),
	})
}

func (l *lists) page(order string) map[string]any {
	opts := map[string]any{"order": order}
	if l.limit > 0 {
		opts["limit"] = l.limit
	}
	return opts
}
