package firstcause

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// maxSuspects bounds how many tasks are asked about for one failure.
const maxSuspects = 8

// suspectsIn returns a task that failed, and those below it that failed without any below
// them that did, the one that failed first ahead.
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

// compareEnds orders tasks by when they ended; that of which it is not known is the last.
func compareEnds(a, b *koji.Task) int {
	if a.Ended.IsZero() != b.Ended.IsZero() {
		if a.Ended.IsZero() {
			return 1
		}
		return -1
	}
	return a.Ended.Compare(b.Ended)
}

// firstOf returns which of the suspects failed first. A parent ends with the fault of the
// child that made it fail, so that is the one. If no child has it, the parent failed by
// itself: children of arches that may fail, for instance, are no reason for it.
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

// saysNothing reports whether a fault only says that some child has failed.
func saysNothing(fault string) bool {
	return strings.Contains(fault, "all subtasks failed") || strings.Contains(fault, "failed to complete")
}
