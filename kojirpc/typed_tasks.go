package kojirpc

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// GetTask returns a task with its request (getTaskInfo). The error is
// koji.ErrNotFound if there is no such task.
func (a API) GetTask(ctx context.Context, id int64) (koji.Task, error) {
	return call(ctx, a, getTask(id))
}

func getTask(id int64) spec[koji.Task] {
	return one[koji.Task]("getTaskInfo", id, Named{"request": true})
}

// GetTasks returns several tasks with their requests, in the order of the ids. A task
// that does not exist has ID 0.
func (a API) GetTasks(ctx context.Context, ids ...int64) ([]koji.Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	tasks, err := CallInto[[]koji.Task](ctx, a, "getTaskInfo", ids, Named{"request": true})
	if err == nil && len(tasks) != len(ids) {
		return nil, fmt.Errorf("hub getTaskInfo: %d tasks for %d ids", len(tasks), len(ids))
	}
	return tasks, err
}

// GetTaskChildren returns the child tasks of a task with their requests, in no
// particular order.
func (a API) GetTaskChildren(ctx context.Context, id int64) ([]koji.Task, error) {
	return call(ctx, a, getTaskChildren(id))
}

func getTaskChildren(id int64) spec[[]koji.Task] {
	return plain[[]koji.Task]("getTaskChildren", id, Named{"request": true})
}

// TaskTree is the tree of tasks below a task. It maps the id of each task in the tree
// to the task's children, ordered by id.
type TaskTree map[int64][]koji.Task

// All returns the tasks below a task, each before its children.
func (t TaskTree) All(id int64) iter.Seq[koji.Task] {
	return func(yield func(koji.Task) bool) { t.walk(id, yield, map[int64]bool{}) }
}

// walk visits the tasks below a task. It visits no task twice, even if the hub
// returns a cycle.
func (t TaskTree) walk(id int64, yield func(koji.Task) bool, seen map[int64]bool) bool {
	if seen[id] {
		return true
	}
	seen[id] = true
	for _, child := range t[id] {
		if !yield(child) || !t.walk(child.ID, yield, seen) {
			return false
		}
	}
	return true
}

// GetTaskDescendents returns the whole tree below a task, with requests. The hub
// makes a query for each task in the tree.
func (a API) GetTaskDescendents(ctx context.Context, id int64) (TaskTree, error) {
	byText, err := CallInto[map[string][]koji.Task](ctx, a, "getTaskDescendents", id, Named{"request": true})
	if err != nil {
		return nil, err
	}
	tree := make(TaskTree, len(byText))
	for text, children := range byText {
		parent, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("hub getTaskDescendents %d: %s is not an id", id, printable.Line(text, 50))
		}
		tree[parent] = children
	}
	return tree, nil
}

// GetTaskRequest returns the parameters of a task as package xmlrpc decodes them.
func (a API) GetTaskRequest(ctx context.Context, id int64) ([]any, error) {
	return CallInto[[]any](ctx, a, "getTaskRequest", id)
}

// TaskResult is the outcome of a task.
type TaskResult struct {
	// Value is the result of a closed task, as package xmlrpc decodes it.
	Value any
	// Fault is the fault of a failed task; nil for a closed one. It is not a fault
	// of the call.
	Fault *Fault
}

// GetTaskResult returns the outcome of a task that is closed or failed. For other
// tasks the error is a CodeGenericError.
func (a API) GetTaskResult(ctx context.Context, id int64) (TaskResult, error) {
	raw, err := CallInto[xmlrpc.Raw](ctx, a, "getTaskResult", id, Named{"raise_fault": false})
	if err != nil {
		return TaskResult{}, err
	}
	lim := xmlrpc.Limits{Bytes: len(raw), Elements: len(raw)} // the limits were checked when raw was read
	var fault struct {
		Code *int    `xmlrpc:"faultCode"`
		Text *string `xmlrpc:"faultString"`
	}
	if err := raw.Decode(lim, &fault); err == nil && fault.Code != nil && fault.Text != nil {
		return TaskResult{Fault: huberror.NewFault(&xmlrpc.Fault{Code: *fault.Code, String: *fault.Text})}, nil
	}
	var r TaskResult
	if err := raw.Decode(lim, &r.Value); err != nil {
		return TaskResult{}, fmt.Errorf("hub getTaskResult %d: %w", id, err)
	}
	return r, nil
}

// TaskFilter selects the tasks to list. Zero fields are ignored.
type TaskFilter struct {
	States    []koji.TaskState
	NotStates []koji.TaskState
	Method    string
	Arches    []string
	Owner     int64   // id of a user
	Host      int64   // id of a host
	Channel   int64   // id of a channel
	Parent    int64   // id of a task
	Parents   []int64 // ids of tasks, instead of Parent
	TopLevel  bool    // only tasks without a parent

	CreatedAfter, CreatedBefore   time.Time
	StartedAfter, StartedBefore   time.Time
	CompleteAfter, CompleteBefore time.Time
}

// opts returns the first argument of listTasks.
func (f TaskFilter) opts() map[string]any {
	m := map[string]any{"decode": true}
	setStates(m, "state", f.States)
	setStates(m, "not_state", f.NotStates)
	setIf(m, "method", f.Method)
	setStrings(m, "arch", f.Arches)
	setIf(m, "owner", f.Owner)
	setIf(m, "host_id", f.Host)
	setIf(m, "channel_id", f.Channel)
	setIf(m, "parent", f.Parent)
	if len(f.Parents) > 0 {
		m["parent"] = f.Parents
	}
	if f.TopLevel {
		m["parent"] = nil
	}
	setTime(m, "createdAfter", f.CreatedAfter)
	setTime(m, "createdBefore", f.CreatedBefore)
	setTime(m, "startedAfter", f.StartedAfter)
	setTime(m, "startedBefore", f.StartedBefore)
	setTime(m, "completeAfter", f.CompleteAfter)
	setTime(m, "completeBefore", f.CompleteBefore)
	return m
}

func setStates(m map[string]any, name string, states []koji.TaskState) {
	if len(states) == 0 {
		return
	}
	numbers := make([]int, len(states))
	for i, s := range states {
		numbers[i] = s.Number()
	}
	m[name] = numbers
}

// ListTasks returns the tasks that match a filter, with requests, results and the
// names of their owners.
func (a API) ListTasks(ctx context.Context, f TaskFilter, q QueryOpts) ([]koji.Task, error) {
	return call(ctx, a, listTasks(f, q))
}

func listTasks(f TaskFilter, q QueryOpts) spec[[]koji.Task] {
	return plain[[]koji.Task]("listTasks", f.opts(), q.value())
}

// CountTasks returns the number of tasks that match a filter.
func (a API) CountTasks(ctx context.Context, f TaskFilter) (int, error) {
	return CallInto[int](ctx, a, "listTasks", f.opts(), countOnly())
}
