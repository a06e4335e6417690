package kojiwire

import (
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// task reads a task: its plain members, its request if that was asked for, and
// its result if listTasks brings it.
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
	case string: // as the hub's database has it
		t.Request = taskrequest.ParseText(t.Method, request)
	}
	if result != nil && taskrequest.ResultMatters(t.Method) {
		t.Result = taskrequest.ParseResult(t.Method, resultValue(result))
	}
	return nil
}

// resultValue decodes a result of listTasks: decoded it is an array of the one
// value, undecoded the text of a methodResponse. A task's fault is no value.
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
