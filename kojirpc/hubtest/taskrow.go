package hubtest

import (
	"encoding/base64"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// taskRow is what all calls give of a task.
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

func (s *snapshot) taskRow(t *Task) taskRow {
	row := taskRow{
		ID: t.ID, State: t.stateNumber(), Method: t.Method, Arch: t.Arch,
		CreateAt: text(t.Created), CreateTS: stamp(t.Created),
		StartAt: text(t.Started), StartTS: stamp(t.Started),
		CompletionAt: text(t.Completed), CompletionTS: stamp(t.Completed),
		ChannelID: s.channels.byName[t.Channel].ID, Parent: orNil(t.Parent), Label: orNil(t.Label),
		Waiting: t.Waiting, Awaited: t.Awaited, Owner: s.users.byName[t.Owner].ID,
		Priority: t.Priority, Weight: t.Weight,
	}
	if t.Host != "" {
		row.HostID = s.hosts.byName[t.Host].ID
	}
	return row
}

func (s *snapshot) taskRequestRow(t *Task, request bool) (taskRequestRow, error) {
	row := taskRequestRow{taskRow: s.taskRow(t)}
	if !request {
		return row, nil
	}
	var err error
	row.Request, err = t.request()
	return row, err
}

// request is the task's request, decoded.
func (t *Task) request() ([]any, error) {
	if t.RequestXML == "" {
		if t.Request == nil {
			return []any{}, nil
		}
		return t.Request, nil
	}
	_, params, err := xmlrpc.DecodeRequest(t.RequestXML, xmlrpc.Limits{}, nil)
	if err != nil {
		return nil, pythonError("xml.parsers.expat.ExpatError", "%s", err)
	}
	return params, nil
}

// requestText is the task's request as the database holds it.
func (t *Task) requestText() (string, error) {
	if t.RequestXML != "" {
		return t.RequestXML, nil
	}
	doc, err := xmlrpc.AppendCall(nil, t.Method, t.Request...)
	return string(doc), err
}

// resultText is the task's result as the database holds it, "" for null.
func (t *Task) resultText() (string, error) {
	var doc []byte
	var err error
	switch {
	case t.ResultXML != "":
		return t.ResultXML, nil
	case t.Fault != nil:
		doc, err = xmlrpc.AppendFault(nil, &xmlrpc.Fault{Code: t.Fault.Code, String: t.Fault.String})
	case t.State == koji.TaskClosed.String():
		doc, err = xmlrpc.AppendResponse(nil, t.Result)
	}
	return string(doc), err
}

// result is the task's result. The error is the task's own fault if it failed.
func (t *Task) result() (any, error) {
	text, err := t.resultText()
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, pythonError("AttributeError", "'NoneType' object has no attribute 'find'")
	}
	doc := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		if doc, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, pythonError("binascii.Error", "%s", err)
		}
	}
	var v any
	err = xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &v)
	return v, err
}
