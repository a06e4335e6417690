package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	slice   slice
	limit   int // of rows of each; 0: all
	lists   []list
	history *kojirpc.Result[map[string][]row]
}

// list is one of the calls.
type list struct {
	rows  *kojirpc.Result[[]row]
	facts func(row, slice) []Fact // that a row tells
	newer bool                    // older hubs refuse the call
}

// taskTopics are those of messages about tasks that can be made of what the hub says.
func taskTopics() []string {
	return []string{"task.free", "task.open", "task.closed", "task.failed", "task.canceled"}
}

// ask asks for all that happened in a slice. Full is whether there may be more rows than
// the limit.
func ask(ctx context.Context, api kojirpc.API, route *Route, s slice, limit int) (found []Fact, full bool, err error) {
	l := &lists{batch: kojirpc.NewBatch(api), slice: s, limit: limit}
	l.add(route)
	if err := l.batch.Send(ctx); err != nil {
		return nil, false, err
	}
	for i := range l.lists {
		rows, err := l.lists[i].get()
		if err != nil {
			return nil, false, err
		}
		full = full || limit > 0 && len(rows) >= limit
		for _, r := range rows {
			found = append(found, l.lists[i].facts(r, s)...)
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

// add adds the calls about what a queue is bound for.
func (l *lists) add(route *Route) {
	if route.wantsAny(taskTopics()...) {
		l.tasks("complete", nil)
		l.tasks("created", nil)
		l.tasks("started", []int{stateOpen})
	}
	l.builds("complete", false)
	l.builds("created", false)
	l.builds("promoted", true) // hubs before 1.34 have no drafts to promote
	if route.wantsAny("repo.init", "repo.done") {
		l.repos("creation_ts")
		l.repos("state_ts", []any{"state", "=", stateReady})
	}
	l.changes()
}

// get returns the rows; a hub that is too old for the call has none.
func (l *list) get() ([]row, error) {
	rows, err := l.rows.Get()
	if l.newer && isUnknown(err) {
		return nil, nil
	}
	return rows, err
}

// isUnknown reports whether the hub does not know a call, or one of its arguments.
func isUnknown(err error) bool {
	f, ok := errors.AsType[*kojirpc.Fault](err)
	return ok && (strings.Contains(f.Text, "Invalid method") || strings.Contains(f.Text, "unexpected keyword argument"))
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

func (l *lists) tasks(of string, states []int) {
	opts := l.slice.between(of)
	opts["decode"] = true
	if states != nil {
		opts["state"] = states
	}
	rows := kojirpc.Add[[]row](l.batch, "listTasks", opts, l.page("id"))
	l.lists = append(l.lists, list{rows: rows, facts: tasksFacts})
}

func (l *lists) builds(of string, newer bool) {
	named := kojirpc.Named(l.slice.between(of))
	named["queryOpts"] = l.page("build_id")
	rows := kojirpc.Add[[]row](l.batch, "listBuilds", named)
	l.lists = append(l.lists, list{rows: rows, facts: buildFacts, newer: newer})
}

// repos asks for repositories by one of their times. Hubs before 1.35 cannot list them.
func (l *lists) repos(by string, more ...any) {
	clauses := append([]any{
		[]any{by, ">=", seconds(l.slice.from.Add(-time.Microsecond))}, []any{by, "<", seconds(l.slice.to)},
	}, more...)
	rows := kojirpc.Add[[]row](l.batch, "repo.query", clauses, "**", l.page("id"))
	l.lists = append(l.lists, list{rows: rows, facts: repoFacts, newer: true})
}

// changes asks what came to tags and their package lists, and what went.
func (l *lists) changes() {
	l.history = kojirpc.Add[map[string][]row](l.batch, "queryHistory", kojirpc.Named{
		"tables": []string{"tag_listing", "tag_packages", "tag_package_owners"},
		"after":  seconds(l.slice.from.Add(-time.Microsecond)), "before": seconds(l.slice.to), "queryOpts": l.page("create_event"),
	})
}

func (l *lists) page(order string) map[string]any {
	opts := map[string]any{"order": order}
	if l.limit > 0 {
		opts["limit"] = l.limit
	}
	return opts
}
