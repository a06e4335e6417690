package answers

import (
	"errors"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func listTasks(c *Reader, a *python.Arguments) (any, error) {
	opts, _ := a.Get("opts").(map[string]any)
	keep, err := c.taskFilter(opts)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, t := range c.DB.Tasks.rows {
		if keep.passes(t) {
			rows = append(rows, c.DB.taskListRow(t))
		}
	}
	q := newQuery(a.Get("queryOpts"))
	out, err := answer(q, rows)
	chosen, ok := out.([]map[string]any)
	if err != nil || !ok { // a count, or rows as lists
		return out, err
	}
	return chosen, c.fillTexts(chosen, python.Truth(opts["decode"]))
}

// fillTexts adds requests and results, decoded or as stored in the database. It comes
// last, when only the matching rows are left.
func (c *Reader) fillTexts(rows []map[string]any, decode bool) error {
	fill := taskTexts
	if decode {
		fill = taskValues
	}
	for _, o := range rows {
		id, _ := o["id"].(int64)
		var err error
		if o["request"], o["result"], err = fill(c.DB.Tasks.ByID[id]); err != nil {
			return err
		}
	}
	return nil
}

func taskTexts(t *dataset.Task) (request, result any, err error) {
	req, err := t.RequestText()
	if err != nil {
		return nil, nil, err
	}
	res, err := t.ResultText()
	return req, python.OrNil(res), err
}

func taskValues(t *dataset.Task) (request, result any, err error) {
	if request, err = t.DecodedRequest(); err != nil {
		return nil, nil, err
	}
	text, err := t.ResultText()
	if text == "" || err != nil {
		return request, nil, err
	}
	v, err := t.DecodedResult()
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return request, f, nil
	}
	return request, []any{v}, err
}

// taskFilter returns the conditions of listTasks.
func (c *Reader) taskFilter(opts map[string]any) (filter[*dataset.Task], error) {
	var f filter[*dataset.Task]
	for name, of := range map[string]func(*dataset.Task) any{
		"arch":  func(t *dataset.Task) any { return t.Arch },
		"state": func(t *dataset.Task) any { return int64(t.StateNumber()) },
	} {
		if err := inList(&f, opts, name, of); err != nil {
			return nil, err
		}
	}
	for name, of := range map[string]func(*dataset.Task) any{
		"owner":      func(t *dataset.Task) any { return c.DB.Users.ByName[t.Owner].ID },
		"host_id":    func(t *dataset.Task) any { return c.DB.hostID(t.Host) },
		"channel_id": func(t *dataset.Task) any { return c.DB.channels.ByName[t.Channel].ID },
		"parent":     func(t *dataset.Task) any { return python.OrNil(t.Parent) },
	} {
		isOrIn(&f, opts, name, of)
	}
	if m, ok := opts["method"]; ok {
		f.add(func(t *dataset.Task) bool { return t.Method == m })
	}
	return f, taskTimes(&f, opts)
}

func (s *Snapshot) hostID(name string) any {
	if h := s.Hosts.ByName[name]; h != nil {
		return h.ID
	}
	return nil
}

// inList adds the conditions name and not_name, which take lists only.
func inList(f *filter[*dataset.Task], opts map[string]any, name string, of func(*dataset.Task) any) error {
	for _, not := range []bool{false, true} {
		v, given := opts[option(name, not)]
		if !given {
			continue
		}
		wanted, ok := v.([]any)
		if !ok {
			return python.BuiltinError("psycopg2.errors.SyntaxError", "syntax error at or near %s", python.Quote(python.Str(v)))
		}
		f.add(func(t *dataset.Task) bool { return slices.Contains(wanted, of(t)) != not })
	}
	return nil
}

// isOrIn adds the conditions name and not_name, which take an id, a list of ids, or null.
// As in SQL, null is neither equal nor unequal to an id.
func isOrIn(f *filter[*dataset.Task], opts map[string]any, name string, of func(*dataset.Task) any) {
	for _, not := range []bool{false, true} {
		v, given := opts[option(name, not)]
		if !given {
			continue
		}
		if v == nil {
			f.add(func(t *dataset.Task) bool { return (of(t) == nil) != not })
			continue
		}
		wanted, ok := v.([]any)
		if !ok {
			wanted = []any{v}
		}
		f.add(func(t *dataset.Task) bool { return of(t) != nil && slices.Contains(wanted, of(t)) != not })
	}
}

func option(name string, not bool) string {
	if not {
		return "not_" + name
	}
	return name
}

func taskTimes(f *filter[*dataset.Task], opts map[string]any) error {
	for name, of := range map[string]func(*dataset.Task) time.Time{
		"created":   func(t *dataset.Task) time.Time { return t.Created },
		"started":   func(t *dataset.Task) time.Time { return t.Started },
		"complete":  func(t *dataset.Task) time.Time { return t.Completed },
		"completed": func(t *dataset.Task) time.Time { return t.Completed },
	} {
		if err := before(f, opts[name+"Before"], of); err != nil {
			return err
		}
		if err := after(f, opts[name+"After"], of); err != nil {
			return err
		}
	}
	return nil
}
