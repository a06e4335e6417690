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

// Channel is a group of hosts that take the same kinds of task.
type Channel struct {
	ID          int64 // 0: not known
	Name        string
	Description string
	Enabled     Opt[bool]
}

// Ref returns the channel's id and name.
func (c *Channel) Ref() Ref { return Ref{ID: c.ID, Name: c.Name} }
