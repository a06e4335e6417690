package koji

import "time"

// Host is a builder.
type Host struct {
	ID       int64 // 0: not known
	Name     string
	UserID   int64 // the account it logs in with
	Arches   []string
	Capacity Opt[float64] // the sum of task weights it takes
	Load     Opt[float64] // the sum of the weights of the tasks it runs
	Enabled  Opt[bool]    // an administrator lets it have tasks
	Ready    Opt[bool]    // it asks for tasks itself
	Updated  time.Time    // when it last reported to the hub
}

// Ref returns the host's id and name.
func (h *Host) Ref() Ref { return Ref{ID: h.ID, Name: h.Name} }

// Set reads one plain field of a record of a host. Other fields and values that
// do not fit are ignored.
func (h *Host) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "host_id":
		keepID(&h.ID, v)
	case "name", "host_name":
		keepText(&h.Name, v, "")
	case "user_id":
		keepID(&h.UserID, v)
	case "arches":
		keepArches(&h.Arches, v)
	case "capacity":
		keepFloat(&h.Capacity, v)
	case "task_load":
		keepFloat(&h.Load, v)
	case "enabled":
		keepBool(&h.Enabled, v)
	case "ready":
		keepBool(&h.Ready, v)
	case "update_ts":
		setTime(&h.Updated, v, true)
	case "update_time", "last_update":
		setTime(&h.Updated, v, false)
	}
}

// Channel is a group of hosts that take the same kinds of task.
type Channel struct {
	ID          int64 // 0: not known
	Name        string
	Description string
	Enabled     Opt[bool]
}

// Ref returns the channel's id and name.
func (c *Channel) Ref() Ref { return Ref{ID: c.ID, Name: c.Name} }

// Set reads one plain field of a record of a channel. Other fields and values
// that do not fit are ignored.
func (c *Channel) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "channel_id":
		keepID(&c.ID, v)
	case "name", "channel_name":
		keepWord(&c.Name, v)
	case "description":
		keepText(&c.Description, v, "")
	case "enabled":
		keepBool(&c.Enabled, v)
	}
}
