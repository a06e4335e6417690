package kojiwire

import (
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// task reads a task: its scalar members, its request if it was requested, and its result in
// answers of listTasks.
func (r *records) task(d *xmlrpc.Decoder, t *koji.Task) error {
	var request any
	var result xmlrpc.Raw
	err := d.Struct(func(name string) (err error) {
		switch name {
		case "request":
			request, err = d.Any()
			return err
		case "result":
			result, err = d.Raw()
			return err
		}
		return plain(r, d, name, t, SetTask)
	})
	if err != nil {
		return err
	}
	switch request := request.(type) {
	case []any:
		t.Request = taskrequest.Parse(t.Method, request)
	case string: // as stored in the hub's database
		t.Request = taskrequest.ParseText(t.Method, request)
	}
	if result != nil && taskrequest.ResultMatters(t.Method) {
		t.Result = taskrequest.ParseResult(t.Method, resultValue(result))
	}
	return nil
}

// resultValue decodes a result in an answer of listTasks: an array of one value if it is
// decoded, or the text of a methodResponse. It returns nil for a task's fault.
func resultValue(raw xmlrpc.Raw) any {
	var v any
	if err := raw.Decode(xmlrpc.Limits{}, &v); err != nil {
		return nil
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			return v[0]
		}
	case string:
		var value any
		if err := xmlrpc.DecodeResponse([]byte(v), xmlrpc.Limits{}, &value); err == nil {
			return value
		}
	}
	return nil
}
