package hubtest

import (
	"errors"
	"strconv"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// taskID reads an argument that names a task, as Python's int() does.
func taskID(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case bool:
		return int64(boolInt(v)), nil
	case float64:
		return int64(v), nil
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, nil
		}
	case nil:
		return 0, parameterError("Invalid type, expected type <class 'int'>")
	}
	return 0, parameterError("Invalid type for value '%s': <class '%s'>, expected type <class 'int'>", str(v), typeName(v))
}

// task looks a task up; nil is one that is not there.
func (c *call) task(v any) (*Task, error) {
	id, err := taskID(v)
	return c.db.tasks.byID[id], err
}

func errNoRows() error { return genericError("query returned no rows") }

func getTaskInfo(c *call, a *arguments) (any, error) {
	request, strict := a.truth("request"), a.truth("strict")
	ids, many := a.get("task_id").([]any)
	if !many {
		return c.taskInfo(a.get("task_id"), request, strict)
	}
	out := make([]any, 0, len(ids))
	for _, id := range ids {
		row, err := c.taskInfo(id, request, strict)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (c *call) taskInfo(id any, request, strict bool) (any, error) {
	t, err := c.task(id)
	switch {
	case err != nil:
		return nil, err
	case t == nil && strict:
		return nil, errNoRows()
	case t == nil:
		return nil, nil
	}
	return c.db.taskRequestRow(t, request)
}

func getTaskChildren(c *call, a *arguments) (any, error) {
	id, err := taskID(a.get("task_id"))
	if err != nil {
		return nil, err
	}
	if a.truth("strict") && c.db.tasks.byID[id] == nil {
		return nil, errNoRows()
	}
	return c.db.childRows(id, a.truth("request"))
}

func (s *snapshot) childRows(parent int64, request bool) ([]taskRequestRow, error) {
	rows := make([]taskRequestRow, 0, len(s.children[parent]))
	for _, t := range s.children[parent] {
		row, err := s.taskRequestRow(t, request)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func getTaskDescendents(c *call, a *arguments) (any, error) {
	id, err := taskID(a.get("task_id"))
	if err != nil {
		return nil, err
	}
	out := map[string][]taskRequestRow{}
	return out, c.descend(out, id, a.truth("request"))
}

func (c *call) descend(out map[string][]taskRequestRow, id int64, request bool) error {
	rows, err := c.db.childRows(id, request)
	if err != nil {
		return err
	}
	out[strconv.FormatInt(id, 10)] = rows
	for _, row := range rows {
		if err := c.descend(out, row.ID, request); err != nil {
			return err
		}
	}
	return nil
}

func getTaskRequest(c *call, a *arguments) (any, error) {
	t, err := c.task(a.get("taskId"))
	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, errNoRows()
	}
	return t.request()
}

func getTaskResult(c *call, a *arguments) (any, error) {
	t, err := c.task(a.get("taskId"))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, genericError("No such task")
	}
	switch koji.TaskStateNamed(t.State) {
	case koji.TaskClosed, koji.TaskFailed:
	case koji.TaskCanceled:
		return nil, genericError("Task %d is canceled", t.ID)
	default:
		return nil, genericError("Task %d is not finished", t.ID)
	}
	v, err := t.result()
	var f *xmlrpc.Fault
	if errors.As(err, &f) && !a.truth("raise_fault") {
		return f, nil
	}
	return v, err
}

func taskFinished(c *call, a *arguments) (any, error) {
	t, err := c.task(a.get("taskId"))
	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, errNoRows()
	}
	return koji.TaskStateNamed(t.State).Final(), nil
}

// buildCall makes a build task.
func buildCall(c *call, a *arguments) (any, error) {
	if err := c.assertLogin(); err != nil {
		return nil, err
	}
	src, ok := a.get("src").(string)
	if !ok {
		return nil, parameterError("Invalid type for value '%s': <class '%s'>, expected type <class 'str'>",
			str(a.get("src")), typeName(a.get("src")))
	}
	opts := a.get("opts")
	if !truth(opts) {
		opts = map[string]any{}
	}
	t := Task{Method: "build", Request: []any{src, a.get("target"), opts}}
	if n, ok := a.get("priority").(int64); ok && n != 0 {
		if n < 0 && !c.hasPerm("admin") {
			return nil, notAllowed("only admins may create high-priority tasks")
		}
		t.Priority = defaultPriority + n
	}
	if ch, ok := a.get("channel").(string); ok {
		t.Channel = ch
	}
	return c.makeTask(t)
}

// makeTaskCall makes any task.
func makeTaskCall(c *call, a *arguments) (any, error) {
	if err := c.assertPerm("admin"); err != nil {
		return nil, err
	}
	if len(a.rest) < 2 {
		return nil, pythonError("TypeError", "make_task() missing required positional arguments")
	}
	params, ok := a.rest[1].([]any)
	if !ok {
		return nil, pythonError("TypeError", "argument 2 to map() must support iteration")
	}
	return c.makeTask(Task{Method: str(a.rest[0]), Request: params})
}

func (c *call) makeTask(t Task) (any, error) {
	t.Owner, t.Created = c.user.Name, c.now
	err := c.hub.update(func(d *Data, s *snapshot) {
		t.ID = s.tasks.next(func(t *Task) int64 { return t.ID })
		d.Tasks = append(d.Tasks, t)
	})
	if err != nil {
		return nil, err
	}
	c.changed()
	return t.ID, nil
}
