package replay

import (
	"encoding/json"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// field is a value in a table of headers, with the letter of its type on the
// wire.
type field struct {
	Type  string          `json:"t"`
	Value json.RawMessage `json:"v"`
	Bytes []byte          `json:"b64"`
}

func table(fields map[string]field) (amqp.Table, error) {
	if fields == nil {
		return nil, nil
	}
	t := make(amqp.Table, len(fields))
	for name, f := range fields {
		value, err := f.value()
		if err != nil {
			return nil, fmt.Errorf("header %q: %w", name, err)
		}
		t[name] = value
	}
	return t, nil
}

// value is the Go value that the AMQP library writes with the type's letter.
func (f field) value() (any, error) {
	switch f.Type {
	case "S":
		if f.Bytes != nil {
			return string(f.Bytes), nil
		}
		return decode[string](f.Value)
	case "I":
		return decode[int32](f.Value)
	case "l":
		return decode[int64](f.Value)
	case "d":
		return decode[float64](f.Value)
	case "t":
		return decode[bool](f.Value)
	case "V":
		return nil, nil
	case "F":
		fields, err := decode[map[string]field](f.Value)
		if err != nil {
			return nil, err
		}
		return table(fields)
	case "A":
		return f.array()
	default:
		return nil, fmt.Errorf("type %q is none of S I l d t V F A", f.Type)
	}
}

func (f field) array() ([]any, error) {
	fields, err := decode[[]field](f.Value)
	if err != nil {
		return nil, err
	}
	values := make([]any, len(fields))
	for i, item := range fields {
		if values[i], err = item.value(); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func decode[T any](text json.RawMessage) (T, error) {
	var v T
	return v, json.Unmarshal(text, &v)
}
