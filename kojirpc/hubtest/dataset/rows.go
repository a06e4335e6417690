package dataset

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// NVR returns name-version-release.
func (b *Build) NVR() string { return b.Package + "-" + b.Version + "-" + b.Release }

// StateNumber returns Koji's number of the state.
func (b *Build) StateNumber() int { return koji.BuildStateNamed(b.State).Number() }

// StateNumber returns Koji's number of the state.
func (t *Task) StateNumber() int { return koji.TaskStateNamed(t.State).Number() }

// TypeNumber returns Koji's number of the type.
func (u *User) TypeNumber() int { return slices.Index([]string{"NORMAL", "HOST", "GROUP"}, u.Type) }

// DecodedRequest returns the task's request, decoded.
func (t *Task) DecodedRequest() ([]any, error) {
	if t.RequestXML == "" {
		if t.Request == nil {
			return []any{}, nil
		}
		return t.Request, nil
	}
	_, params, err := xmlrpc.DecodeRequest(t.RequestXML, xmlrpc.Limits{}, nil)
	if err != nil {
		return nil, python.BuiltinError("xml.parsers.expat.ExpatError", "%s", err)
	}
	return params, nil
}

// RequestText returns the task's request as stored in the database.
func (t *Task) RequestText() (string, error) {
	if t.RequestXML != "" {
		return t.RequestXML, nil
	}
	doc, err := xmlrpc.AppendCall(nil, t.Method, t.Request...)
	return string(doc), err
}

// ResultText returns the task's result as stored in the database; "" for null.
func (t *Task) ResultText() (string, error) {
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

// DecodedResult returns the task's result, decoded. If the task failed, the error is its
// fault.
func (t *Task) DecodedResult() (any, error) {
	text, err := t.ResultText()
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, python.BuiltinError("AttributeError", "'NoneType' object has no attribute 'find'")
	}
	doc := []byte(text)
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		if doc, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, python.BuiltinError("binascii.Error", "%s", err)
		}
	}
	var v any
	err = xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &v)
	return v, err
}
