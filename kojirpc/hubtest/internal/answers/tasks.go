package answers

import (
	"errors"
	"strconv"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// taskID converts a task id in an argument, like Python's int().
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
		return 0, python.ParameterError("Invalid type, expected type <class 'int'>")
	}
	return 0, python.ParameterError("Invalid type for value '%s': <class '%s'>, expected type <class 'int'>", python.Str(v), python.TypeName(v))
}

// task looks up a task; it returns nil if there is none.
func (c *Reader) task(v any) (*dataset.Task, error) {
	id, err := taskID(v)
	return c.DB.Tasks.ByID[id], err
}

func (c *Reader) existingTask(v any) (*dataset.Task, error) {
	t, err := c.task(v)
	if t == nil && err == nil {
		err = errNoRows()
	}
	return t, err
}

func errNoRows() error { return python.GenericError("query returned no rows") }

func getTaskInfo(c *Reader, a *python.Arguments) (any, error) {
	request, strict := a.Truth("request"), a.Truth("strict")
	ids, many := a.Get("task_id").([]any)
	if !many {
		return c.taskInfo(a.Get("task_id"), request, strict)
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

func (c *Reader) taskInfo(id any, request, strict bool) (any, error) {
	t, err := c.task(id)
	switch {
	case err != nil:
		return nil, err
	case t == nil && strict:
		return nil, errNoRows()
	case t == nil:
		return nil, nil
	}
	return c.DB.taskInfoRow(t, request)
}

func getTaskChildren(c *Reader, a *python.Arguments) (any, error) {
	id, err := taskID(a.Get("task_id"))
	if err != nil {
		return nil, err
	}
	if a.Truth("strict") && c.DB.Tasks.ByID[id] == nil {
		return nil, errNoRows()
	}
	return c.DB.childRows(id, a.Truth("request"))
}

func (s *Snapshot) childRows(parent int64, request bool) ([]map[string]any, error) {
	rows := make([]map[string]any, 0, len(s.children[parent]))
	for _, t := range s.children[parent] {
		row, err := s.taskInfoRow(t, request)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func getTaskDescendents(c *Reader, a *python.Arguments) (any, error) {
	id, err := taskID(a.Get("task_id"))
	if err != nil {
		return nil, err
	}
	out := map[string][]map[string]any{}
	return out, c.descend(out, id, a.Truth("request"))
}

func (c *Reader) descend(out map[string][]map[string]any, id int64, request bool) error {
	rows, err := c.DB.childRows(id, request)
	if err != nil {
		return err
	}
	out[strconv.FormatInt(id, 10)] = rows
	for _, t := range c.DB.children[id] {
		if err := c.descend(out, t.ID, request); err != nil {
			return err
		}
	}
	return nil
}

func getTaskRequest(c *Reader, a *python.Arguments) (any, error) {
	t, err := c.existingTask(a.Get("taskId"))
	if err != nil {
		return nil, err
	}
	return t.DecodedRequest()
}

func getTaskResult(c *Reader, a *python.Arguments) (any, error) {
	t, err := c.task(a.Get("taskId"))
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, python.GenericError("No such task")
	}
	switch koji.TaskStateNamed(t.State) {
	case koji.TaskClosed, koji.TaskFailed:
	case koji.TaskCanceled:
		return nil, python.GenericError("Task %d is canceled", t.ID)
	default:
		return nil, python.GenericError("Task %d is not finished", t.ID)
	}
	v, err := t.DecodedResult()
	var f *xmlrpc.Fault
	if errors.As(err, &f) && !a.Truth("raise_fault") {
		return f, nil
	}
	return v, err
}

func taskFinished(c *Reader, a *python.Arguments) (any, error) {
	t, err := c.existingTask(a.Get("taskId"))
	if err != nil {
		return nil, err
	}
	return koji.TaskStateNamed(t.State).Final(), nil
}
