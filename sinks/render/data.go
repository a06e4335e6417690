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

// shapeOfEvents returns an event with all possible members, the shape of a template's data.
func shapeOfEvents() (object, error) {
	shape, err := decode([]byte(event.Example()))
	if err != nil {
		return nil, fmt.Errorf("the shape of events: %w", err)
	}
	return shape, nil
}

// dataOf returns an event's decoded JSON, with all the members of shape.
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
	d.UseNumber() // ids may have more digits than a float64
	return m, d.Decode(&m)
}

// raw is the member with the original message, whose members vary.
const raw = "raw"

// fill adds the members of shape that own lacks, as empty objects, lists and texts.
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

// samples returns the data for checking templates: for each type of event a typical one,
// one without optional members, and one with all members.
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
