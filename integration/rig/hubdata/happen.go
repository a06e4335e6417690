package hubdata

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// Happen changes a hub's data to the state in which the hub sends a message about the
// event: the hub changes its database before it sends the message. Happen ignores tasks
// and builds that the data lack.
func Happen(d *hubtest.Data, e *event.Event) {
	if e.Task != nil {
		happenTask(d, e)
	}
	if e.Build != nil {
		happenBuild(d, e)
	}
}

func happenTask(d *hubtest.Data, e *event.Event) {
	i := slices.IndexFunc(d.Tasks, func(t hubtest.Task) bool { return t.ID == e.Task.ID })
	if i < 0 || e.Task.State == koji.TaskUnknown {
		return
	}
	d.Tasks[i].State = e.Task.State.String()
}

func happenBuild(d *hubtest.Data, e *event.Event) {
	id := e.Build.ID
	if i := slices.IndexFunc(d.Builds, func(b hubtest.Build) bool { return b.ID == id }); i >= 0 && e.Build.State != koji.BuildUnknown {
		d.Builds[i].State = e.Build.State.String()
	}
	isIt := func(t hubtest.Tagged) bool { return t.Build == id && t.Tag == e.Tag.Name }
	switch e.Type {
	case event.Tag:
		d.Tagged = append(slices.DeleteFunc(d.Tagged, isIt), hubtest.Tagged{Tag: e.Tag.Name, Build: id})
	case event.Untag:
		d.Tagged = slices.DeleteFunc(d.Tagged, isIt)
	}
}
