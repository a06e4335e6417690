package firstcause

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// maxSuspects bounds the tasks whose results are fetched for one failure.
const maxSuspects = 8

// suspectsIn returns a failed task, followed by its failed descendants without failed
// children, in the order in which they failed.
func suspectsIn(task *koji.Task, tree kojirpc.TaskTree) []*koji.Task {
	var below []*koji.Task
	for t := range tree.All(task.ID) {
		if t.State == koji.TaskFailed && t.ID != task.ID && !hasFailed(tree[t.ID]) {
			below = append(below, &t)
		}
	}
	slices.SortStableFunc(below, func(a, b *koji.Task) int {
		return cmp.Or(compareEnds(a, b), cmp.Compare(a.ID, b.ID))
	})
	return append([]*koji.Task{task}, below[:min(len(below), maxSuspects-1)]...)
}

func hasFailed(tasks []koji.Task) bool {
	return slices.ContainsFunc(tasks, func(t koji.Task) bool { return t.State == koji.TaskFailed })
}

// compareEnds orders tasks by their end. A task without a known end is the last.
func compareEnds(a, b *koji.Task) int {
	if a.Ended.IsZero() != b.Ended.IsZero() {
		if a.Ended.IsZero() {
			return 1
		}
		return -1
	}
	return a.Ended.Compare(b.Ended)
}

// firstOf returns the index of the suspect that failed first. A parent's fault contains that
// of the child that made it fail. If it contains no child's fault, the parent failed by
// itself: children of optional arches, for instance, do not make it fail.
func firstOf(suspects []*koji.Task, faults []string) int {
	own := strings.TrimSpace(faults[0])
	if len(suspects) == 1 {
		return 0
	}
	for i, fault := range faults[1:] {
		if fault = strings.TrimSpace(fault); fault != "" && strings.Contains(own, fault) {
			return i + 1
		}
	}
	if own == "" || saysNothing(own) {
		return 1
	}
	return 0
}

// saysNothing reports whether a fault only states that some child has failed.
func saysNothing(fault string) bool {
	return strings.Contains(fault, "all subtasks failed") || strings.Contains(fault, "failed to complete")
}
