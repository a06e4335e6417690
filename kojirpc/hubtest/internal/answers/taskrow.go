package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// taskRow says what all calls give of a task.
type taskRow struct {
	ID           int64    `xmlrpc:"id"`
	State        int      `xmlrpc:"state"`
	CreateAt     *string  `xmlrpc:"create_time"`
	CreateTS     *float64 `xmlrpc:"create_ts"`
	StartAt      *string  `xmlrpc:"start_time"`
	StartTS      *float64 `xmlrpc:"start_ts"`
	CompletionAt *string  `xmlrpc:"completion_time"`
	CompletionTS *float64 `xmlrpc:"completion_ts"`
	ChannelID    int64    `xmlrpc:"channel_id"`
	HostID       any      `xmlrpc:"host_id"`
	Parent       any      `xmlrpc:"parent"`
	Label        any      `xmlrpc:"label"`
	Waiting      *bool    `xmlrpc:"waiting"`
	Awaited      *bool    `xmlrpc:"awaited"`
	Owner        int64    `xmlrpc:"owner"`
	Method       string   `xmlrpc:"method"`
	Arch         string   `xmlrpc:"arch"`
	Priority     int64    `xmlrpc:"priority"`
	Weight       float64  `xmlrpc:"weight"`
}

// taskRequestRow is a task with its request, if that was asked for.
type taskRequestRow struct {
	taskRow
	Request []any `xmlrpc:"request,omitempty"`
}

// taskListRow is a task as listTasks gives it.
type taskListRow struct {
	taskRow
	Request   any    `xmlrpc:"request"`
	Result    any    `xmlrpc:"result"`
	OwnerName string `xmlrpc:"owner_name"`
	OwnerType int    `xmlrpc:"owner_type"`
}

func (s *Snapshot) taskRow(t *dataset.Task) taskRow {
	row := taskRow{
		ID: t.ID, State: t.StateNumber(), Method: t.Method, Arch: t.Arch,
		CreateAt: Text(t.Created), CreateTS: Stamp(t.Created),
		StartAt: Text(t.Started), StartTS: Stamp(t.Started),
		CompletionAt: Text(t.Completed), CompletionTS: Stamp(t.Completed),
		ChannelID: s.channels.ByName[t.Channel].ID, Parent: python.OrNil(t.Parent), Label: python.OrNil(t.Label),
		Waiting: t.Waiting, Awaited: t.Awaited, Owner: s.Users.ByName[t.Owner].ID,
		Priority: t.Priority, Weight: t.Weight,
	}
	if t.Host != "" {
		row.HostID = s.Hosts.ByName[t.Host].ID
	}
	return row
}

func (s *Snapshot) taskRequestRow(t *dataset.Task, request bool) (taskRequestRow, error) {
	row := taskRequestRow{taskRow: s.taskRow(t)}
	if !request {
		return row, nil
	}
	var err error
	row.Request, err = t.DecodedRequest()
	return row, err
}
