package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
)

// kind holds the code patterns for members of a Go type. In the patterns %s is the value;
// in write, %#q is the member's key and %s what it is written from.
type kind struct {
	write   string
	reading string                       // the type it is read as
	read    string                       // what it is read into
	view    string                       // the type of the filters' view; "" for none
	fill    string                       // what the view holds
	schema  string                       // members of its JSON Schema
	sample  func(string) (string, error) // JSON of an example
	object  string                       // the Go type of the object or of the list's items
	list    bool                         // of objects
	values  []string                     // all values, if they are few
}

// kinds returns the kinds of all types that are not objects.
func kinds() map[string]kind {
	text := func(write, read, fill string) kind {
		return kind{write: write, reading: "string", read: read, view: "string", fill: fill, schema: `"type": "string"`, sample: quoted}
	}
	opt := func(write, goType, view, fill, schema string) kind {
		return kind{write: write, reading: "*" + goType, read: "known(%s)", view: view, fill: fill, schema: schema, sample: asJSON}
	}
	const integer, boolean, number = `"type": "integer"`, `"type": "boolean"`, `"type": "number"`
	return map[string]kind{
		"string":            text("o.text(%#q, %s)", "%s", "%s"),
		"Type":              text("o.text(%#q, string(%s))", "Type(%s)", "string(%s)"),
		"Dialect":           text("o.text(%#q, string(%s))", "Dialect(%s)", "string(%s)"),
		"Status":            text("o.text(%#q, %s.String())", "Status(%s)", "%s.String()"),
		"Step":              text("o.text(%#q, string(%s))", "Step(%s)", "string(%s)"),
		"AlertState":        text("o.text(%#q, string(%s))", "AlertState(%s)", "string(%s)"),
		"Severity":          text("o.text(%#q, string(%s))", "Severity(%s)", "string(%s)"),
		"koji.TaskState":    text("o.text(%#q, %s.String())", "koji.TaskStateNamed(%s)", "%s.String()"),
		"koji.BuildState":   text("o.text(%#q, %s.String())", "koji.BuildStateNamed(%s)", "%s.String()"),
		"koji.Opt[int64]":   opt("o.optInt(%#q, %s)", "int64", "int", "int(%s.Value)", integer),
		"koji.Opt[bool]":    opt("o.optBool(%#q, %s)", "bool", "bool", "%s.Value", boolean),
		"koji.Opt[float64]": opt("o.optFloat(%#q, %s)", "float64", "float64", "%s.Value", number),
		"koji.Opt[time.Duration]": {
			write: "o.optSeconds(%#q, %s)", reading: "*float64", read: "optDuration(%s)",
			view: "float64", fill: "%s.Value.Seconds()", schema: number, sample: asJSON,
		},
		"time.Time": {
			write: "o.time(%#q, %s)", reading: "moment", read: "%s.time()",
			view: "time.Time", fill: "%s", schema: `"$ref": "#/$defs/time"`, sample: quoted,
		},
		"koji.Ref": {
			write: "o.ref(%#q, %s)", reading: "refReading", read: "koji.Ref(%s)",
			view: "refView", fill: "viewRef(%s)", schema: `"$ref": "#/$defs/ref"`, sample: reference,
		},
		"int64": {
			write: "o.id(%#q, %s)", reading: "int64", read: "%s",
			view: "int", fill: "int(%s)", schema: `"$ref": "#/$defs/id"`, sample: asJSON,
		},
		"int":  {write: "o.id(%#q, int64(%s))", reading: "int", read: "%s", view: "int", fill: "%s", schema: integer, sample: asJSON},
		"bool": {write: "o.bool(%#q, %s)", reading: "bool", read: "%s", view: "bool", fill: "%s", schema: boolean, sample: asJSON},
		"[]string": {
			write: "o.texts(%#q, %s)", reading: "[]string", read: "%s",
			view: "[]string", fill: "%s", schema: `"type": "array", "items": {"type": "string"}, "minItems": 1`, sample: words,
		},
		"[]byte": {write: "o.raw(%#q, %s)", reading: "json.RawMessage", read: "compact(%s)", sample: asJSON},
	}
}

// kindOf returns the kind of a member.
func (m *model) kindOf(goType, name string) (kind, error) {
	if k, ok := kinds()[goType]; ok {
		if values := m.valuesOf(goType); values != nil {
			k.values, k.schema = values, `"enum": ["`+strings.Join(values, `", "`)+`"]`
		}
		if goType == "string" && name == "url" {
			k.schema = `"$ref": "#/$defs/url"`
		}
		return k, nil
	}
	inner := strings.TrimLeft(goType, "*[]")
	o := strings.ToLower(inner[strings.LastIndexByte(inner, '.')+1:])
	k := kind{object: inner, schema: `"$ref": "#/$defs/` + o + `"`, view: "*" + o + "View"}
	switch strings.TrimSuffix(goType, inner) {
	case "*":
		k.write, k.reading, k.read, k.fill = "o."+o+"(%#q, %s)", "*"+o+"Reading", "%s."+o+"()", "%s"
	case "":
		k.write, k.reading, k.read, k.fill = "o."+o+"(%#q, &%s)", o+"Reading", "*%s."+o+"()", "&%s"
	case "[]":
		k.list, k.reading, k.read = true, "[]"+inner, "%s"
		k.view, k.fill = "[]"+o+"View", o+"Views(%s)"
		k.schema = `"type": "array", "items": {` + k.schema + `}`
	default:
		return kind{}, fmt.Errorf("kinds.go does not know how JSON holds a %s", goType)
	}
	return k, nil
}

// valuesOf returns the values of a type that has only a few.
func (m *model) valuesOf(goType string) []string {
	switch goType {
	case "koji.TaskState":
		return names(koji.TaskStateOf)
	case "koji.BuildState":
		return names(koji.BuildStateOf)
	}
	return m.values[goType]
}

func names[S fmt.Stringer](stateOf func(int64) S) []string {
	var all []string
	for n := int64(0); stateOf(n).String() != ""; n++ {
		all = append(all, stateOf(n).String())
	}
	return all
}

func quoted(example string) (string, error) {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // leave & in URLs, as events do
	err := e.Encode(example)
	return strings.TrimSpace(text.String()), err
}

func asJSON(example string) (string, error) {
	if !json.Valid([]byte(example)) {
		return "", fmt.Errorf("example %q is not JSON", example)
	}
	return example, nil
}

// reference reads an example like "5 alice".
func reference(example string) (string, error) {
	id, name, _ := strings.Cut(example, " ")
	return asJSON(fmt.Sprintf(`{"id": %s, "name": %q}`, id, name))
}

// words reads an example like "rpm image".
func words(example string) (string, error) {
	text, err := json.Marshal(strings.Fields(example))
	return string(text), err
}
