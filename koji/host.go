package koji

import "time"

// Host is a builder.
type Host struct {
	ID       int64 // 0: not known
	Name     string
	UserID   int64 // the account as which it logs in
	Arches   []string
	Capacity Opt[float64] // the maximum sum of the weights of its tasks
	Load     Opt[float64] // the sum of the weights of its running tasks
	Enabled  Opt[bool]    // set by an administrator: it may take tasks
	Ready    Opt[bool]    // set by the host: it is ready for tasks
	Updated  time.Time    // the time of its last report to the hub
}

// Ref returns the host's id and name.
func (h *Host) Ref() Ref { return Ref{ID: h.ID, Name: h.Name} }

// Channel is a group of hosts that take the same kinds of tasks.
type Channel struct {
	ID          int64 // 0: not known
	Name        string
	Description string
	Enabled     Opt[bool]
}

// Ref returns the channel's id and name.
func (c *Channel) Ref() Ref { return Ref{ID: c.ID, Name: c.Name} }
