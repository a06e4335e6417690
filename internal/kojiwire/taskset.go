package kojiwire

import (
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

// SetTask sets a field of a task from a scalar member of a record: that of getTaskInfo and
// similar calls, the shorter one of a message about a new task, or that of Fedora's
// messages, in which the owner is a name and times are numbers. Other members and unsuitable
// values are ignored. Start with a zero Task: if a time comes as a number of seconds and as
// text, in any order, the number is used.
func SetTask(t *koji.Task, field []byte, v Scalar) {
	switch string(field) {
	case "id":
		keepID(&t.ID, v)
	case "parent":
		keepID(&t.Parent, v)
	case "method":
		if v.IsText() {
			t.Method = taskrequest.MethodName(v.text)
		}
	case "state":
		keepState(&t.State, v, koji.TaskStateNamed, koji.TaskStateOf)
	case "label":
		keepWord(&t.Label, v)
	case "arch":
		keepWord(&t.Arch, v)
	case "priority":
		keepInt(&t.Priority, v)
	case "weight":
		keepFloat(&t.Weight, v)
	case "waiting":
		keepBool(&t.Waiting, v)
	case "url":
		keepText(&t.URL, v, "")
	default:
		if !setTaskRef(t, field, v) {
			setTaskTime(t, field, v)
		}
	}
}

// setTaskRef sets the owner, the channel and the host of a task.
func setTaskRef(t *koji.Task, field []byte, v Scalar) bool {
	switch string(field) {
	case "owner":
		keepRef(&t.Owner, v)
	case "owner_name":
		keepWord(&t.Owner.Name, v)
	case "channel_id":
		keepID(&t.Channel.ID, v)
	case "channel", "channel_name":
		keepRef(&t.Channel, v)
	case "host_id":
		keepID(&t.Host.ID, v)
	case "host_name":
		keepWord(&t.Host.Name, v)
	case "assign": // the host to which a new task is assigned
		if t.Host.ID == 0 {
			keepID(&t.Host.ID, v)
		}
	default:
		return false
	}
	return true
}

// setTaskTime sets the times of a task.
func setTaskTime(t *koji.Task, field []byte, v Scalar) {
	switch string(field) {
	case "create_ts", "create_time":
		keepTime(&t.Created, field, v)
	case "start_ts", "start_time":
		keepTime(&t.Started, field, v)
	case "completion_ts", "completion_time":
		keepTime(&t.Ended, field, v)
	}
}
