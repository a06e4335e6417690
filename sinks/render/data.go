package render

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// object holds a JSON object.
type object = map[string]any

// shapeOfEvents returns an event with every member there is. It gives a template's
// data its shape.
func shapeOfEvents() (object, error) {
	shape, err := decode([]byte(event.Example()))
	if err != nil {
		return nil, fmt.Errorf("the shape of events: %w", err)
	}
	return shape, nil
}

// dataOf returns an event as its JSON, with every member there is.
func dataOf(e *event.Event, shape object) (object, error) {
	own, err := decode(e.AppendJSON(nil))
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID, err)
	}
	return fill(shape, own), nil
}

func decode(text []byte) (object, error) {
	var m object
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // ids have more digits than a float64 shows
	return m, d.Decode(&m)
}

// raw is the member that holds whatever the message did.
const raw = "raw"

// fill adds to own what it lacks of a shape: empty objects, lists and texts.
func fill(shape, own object) object {
	if own == nil {
		own = object{}
	}
	for name, v := range shape {
		inner, isObject := v.(object)
		_, isList := v.([]any)
		switch {
		case isObject && name != raw:
			has, _ := own[name].(object)
			own[name] = fill(inner, has)
		case own[name] != nil:
		case isList:
			own[name] = []any{}
		default:
			own[name] = ""
		}
	}
	return own
}

// samples returns the data that templates are checked with.
func samples(shape object) ([]object, error) {
	typical, err := sample.Events()
	if err != nil {
		return nil, err
	}
	var list []object
	for _, e := range typical {
		bare := &event.Event{ID: "sample", Type: e.Type, Dialect: event.NoDialect}
		for _, e := range []*event.Event{e, bare} {
			data, err := dataOf(e, shape)
			if err != nil {
				return nil, err
			}
			list = append(list, data)
		}
		full, err := shapeOfEvents()
		if err != nil {
			return nil, err
		}
		full["type"] = string(e.Type)
		list = append(list, full)
	}
	return list, nil
}
