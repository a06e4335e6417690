package hubtest

import (
	"errors"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func listTasks(c *call, a *arguments) (any, error) {
	opts, _ := a.get("opts").(map[string]any)
	keep, err := c.taskFilter(opts)
	if err != nil {
		return nil, err
	}
	var rows []taskListRow
	for _, t := range c.db.tasks.rows {
		if keep.passes(t) {
			rows = append(rows, c.db.taskListRow(t))
		}
	}
	q := newQuery(a.get("queryOpts"))
	out, err := answer(q, rows)
	chosen, ok := out.([]taskListRow)
	if err != nil || q.count {
		return out, err
	}
	if !ok { // as lists
		return out, nil
	}
	return chosen, c.fillTexts(chosen, truth(opts["decode"]))
}

func (s *snapshot) taskListRow(t *Task) taskListRow {
	owner := s.users.byName[t.Owner]
	return taskListRow{taskRow: s.taskRow(t), OwnerName: owner.Name, OwnerType: owner.typeNumber()}
}

// fillTexts adds requests and results, as the database holds them or decoded.
// It is done last, for the few rows that are left.
func (c *call) fillTexts(rows []taskListRow, decode bool) error {
	for i := range rows {
		t := c.db.tasks.byID[rows[i].ID]
		fill := t.texts
		if decode {
			fill = t.values
		}
		var err error
		if rows[i].Request, rows[i].Result, err = fill(); err != nil {
			return err
		}
	}
	return nil
}

func (t *Task) texts() (request, result any, err error) {
	req, err := t.requestText()
	if err != nil {
		return nil, nil, err
	}
	res, err := t.resultText()
	return req, orNil(res), err
}

func (t *Task) values() (request, result any, err error) {
	if request, err = t.request(); err != nil {
		return nil, nil, err
	}
	text, err := t.resultText()
	if text == "" || err != nil {
		return request, nil, err
	}
	v, err := t.result()
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return request, f, nil
	}
	return request, []any{v}, err
}

// taskFilter makes the conditions of listTasks.
func (c *call) taskFilter(opts map[string]any) (filter[*Task], error) {
	var f filter[*Task]
	for name, of := range map[string]func(*Task) any{
		"arch":  func(t *Task) any { return t.Arch },
		"state": func(t *Task) any { return int64(t.stateNumber()) },
	} {
		if err := inList(&f, opts, name, of); err != nil {
			return nil, err
		}
	}
	for name, of := range map[string]func(*Task) any{
		"owner":      func(t *Task) any { return c.db.users.byName[t.Owner].ID },
		"host_id":    func(t *Task) any { return c.db.hostID(t.Host) },
		"channel_id": func(t *Task) any { return c.db.channels.byName[t.Channel].ID },
		"parent":     func(t *Task) any { return orNil(t.Parent) },
	} {
		isOrIn(&f, opts, name, of)
	}
	if m, ok := opts["method"]; ok {
		f.add(func(t *Task) bool { return t.Method == m })
	}
	return f, taskTimes(&f, opts)
}

func (s *snapshot) hostID(name string) any {
	if h := s.hosts.byName[name]; h != nil {
		return h.ID
	}
	return nil
}

// inList adds the conditions name and not_name, which take lists only.
func inList(f *filter[*Task], opts map[string]any, name string, of func(*Task) any) error {
	for _, not := range []bool{false, true} {
		v, given := opts[option(name, not)]
		if !given {
			continue
		}
		wanted, ok := v.([]any)
		if !ok {
			return pythonError("psycopg2.errors.SyntaxError", "syntax error at or near %s", quote(str(v)))
		}
		f.add(func(t *Task) bool { return slices.Contains(wanted, of(t)) != not })
	}
	return nil
}

// isOrIn adds the conditions name and not_name, which take an id, a list of
// ids, or null. As in SQL, what is null is neither equal to an id nor not.
func isOrIn(f *filter[*Task], opts map[string]any, name string, of func(*Task) any) {
	for _, not := range []bool{false, true} {
		v, given := opts[option(name, not)]
		if !given {
			continue
		}
		if v == nil {
			f.add(func(t *Task) bool { return (of(t) == nil) != not })
			continue
		}
		wanted, ok := v.([]any)
		if !ok {
			wanted = []any{v}
		}
		f.add(func(t *Task) bool { return of(t) != nil && slices.Contains(wanted, of(t)) != not })
	}
}

func option(name string, not bool) string {
	if not {
		return "not_" + name
	}
	return name
}

func taskTimes(f *filter[*Task], opts map[string]any) error {
	for name, of := range map[string]func(*Task) time.Time{
		"created":   func(t *Task) time.Time { return t.Created },
		"started":   func(t *Task) time.Time { return t.Started },
		"complete":  func(t *Task) time.Time { return t.Completed },
		"completed": func(t *Task) time.Time { return t.Completed },
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
