package kojiwire

import (
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

// SetTask reads one plain field of a record of a task: that of getTaskInfo and its
// relatives, the shorter one of a message about a new task, or that of Fedora's
// messages, where the owner is a name and times are numbers. Fields that are
// not a task's and values that do not fit are ignored. It is meant for a fresh
// Task: of a time that comes as a number of seconds and as text the number
// counts, in whichever order they come.
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

// setRef reads who and where.
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
	case "assign": // the host a new task is made for
		if t.Host.ID == 0 {
			keepID(&t.Host.ID, v)
		}
	default:
		return false
	}
	return true
}

// setTime reads when.
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
