package hubtest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// createTag adds a tag. It is modelled as an example of a call that needs a permission.
func createTag(c *call, a *python.Arguments) (any, error) {
	if err := c.assertPerm("tag"); err != nil {
		return nil, err
	}
	name := python.Str(a.Get("name"))
	if c.db.Tags.ByName[name] != nil {
		return nil, python.GenericError("A tag with the name '%s' already exists", name)
	}
	arches, _ := a.Get("arches").(string)
	err := c.hub.Update(func(d *dataset.Data) {
		d.Tags = append(d.Tags, dataset.Tag{Name: name, Arches: arches, Locked: a.Truth("locked")})
	})
	if err != nil {
		return nil, err
	}
	c.changed()
	return c.db.Tags.ByName[name].ID, nil
}

// changed makes the rest of the request see its own change.
func (c *call) changed() {
	c.db = c.hub.current.Load()
	c.wrote = true
}

// buildCall creates a build task.
func buildCall(c *call, a *python.Arguments) (any, error) {
	if err := c.assertLogin(); err != nil {
		return nil, err
	}
	src, ok := a.Get("src").(string)
	if !ok {
		return nil, python.ParameterError("Invalid type for value '%s': <class '%s'>, expected type <class 'str'>",
			python.Str(a.Get("src")), python.TypeName(a.Get("src")))
	}
	opts := a.Get("opts")
	if !python.Truth(opts) {
		opts = map[string]any{}
	}
	t := dataset.Task{Method: "build", Request: []any{src, a.Get("target"), opts}}
	if n, ok := a.Get("priority").(int64); ok && n != 0 {
		if n < 0 && !c.hasPerm("admin") {
			return nil, python.NotAllowed("only admins may create high-priority tasks")
		}
		t.Priority = dataset.DefaultPriority + n
	}
	if ch, ok := a.Get("channel").(string); ok {
		t.Channel = ch
	}
	return c.makeTask(t)
}

// makeTaskCall creates any task.
func makeTaskCall(c *call, a *python.Arguments) (any, error) {
	if err := c.assertPerm("admin"); err != nil {
		return nil, err
	}
	if len(a.Rest) < 2 {
		return nil, python.BuiltinError("TypeError", "make_task() missing required positional arguments")
	}
	params, ok := a.Rest[1].([]any)
	if !ok {
		return nil, python.BuiltinError("TypeError", "argument 2 to map() must support iteration")
	}
	return c.makeTask(dataset.Task{Method: python.Str(a.Rest[0]), Request: params})
}

func (c *call) makeTask(t dataset.Task) (any, error) {
	t.Owner, t.Created = c.user.Name, c.now
	err := c.hub.update(func(d *dataset.Data, s *answers.Snapshot) {
		t.ID = s.Tasks.Next(func(t *dataset.Task) int64 { return t.ID })
		d.Tasks = append(d.Tasks, t)
	})
	if err != nil {
		return nil, err
	}
	c.changed()
	return t.ID, nil
}
