package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// taskRow returns the columns of a task that all calls return.
func (s *Snapshot) taskRow(t *dataset.Task) row {
	return row{
		{"id", t.ID}, {"state", t.StateNumber()},
		{"create_time", Text(t.Created)}, {"create_ts", Stamp(t.Created)},
		{"start_time", Text(t.Started)}, {"start_ts", Stamp(t.Started)},
		{"completion_time", Text(t.Completed)}, {"completion_ts", Stamp(t.Completed)},
		{"channel_id", s.channels.ByName[t.Channel].ID}, {"host_id", s.hostID(t.Host)},
		{"parent", python.OrNil(t.Parent)}, {"label", python.OrNil(t.Label)},
		{"waiting", python.Deref(t.Waiting)}, {"awaited", python.Deref(t.Awaited)},
		{"owner", s.Users.ByName[t.Owner].ID}, {"method", t.Method}, {"arch", t.Arch},
		{"priority", t.Priority}, {"weight", t.Weight},
	}
}

// taskInfoRow returns a task, with its request if request is set.
func (s *Snapshot) taskInfoRow(t *dataset.Task, request bool) (map[string]any, error) {
	o := s.taskRow(t).object()
	if !request {
		return o, nil
	}
	var err error
	o["request"], err = t.DecodedRequest()
	return o, err
}

// taskListRow returns a task as in listTasks, without request and result.
func (s *Snapshot) taskListRow(t *dataset.Task) row {
	owner := s.Users.ByName[t.Owner]
	return append(s.taskRow(t), row{
		{"request", nil}, {"result", nil}, {"owner_name", owner.Name}, {"owner_type", owner.TypeNumber()},
	}...)
}
