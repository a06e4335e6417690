package config

import (
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

// decoder fills structs from a document and reports what does not fit. It never
// stops at the first mistake.
type decoder struct {
	report  *report
	env     Env
	folder  string // of the file, for relative paths
	nodes   int
	grown   int // bytes that variables have brought in
	stopped bool
}

// section fills a struct from a mapping.
func (d *decoder) section(node *yaml.Node, key string, fields []field, into reflect.Value, depth int) {
	if node = d.follow(node, key, depth); node == nil || isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode || tagged(node) {
		d.report.addAt(placeOf(node), key, "takes keys of its own here, such as %s", fields[0].name+":")
		return
	}
	pairs := d.pairs(node, key, depth)
	for _, p := range pairs {
		d.report.places[join(key, p.key)] = valuePlace(p)
	}
	sinkType := ""
	if sink, ok := reflect.TypeAssert[*Sink](into.Addr()); ok {
		sinkType = d.sinkType(sink, pairs, key, depth)
	}
	for _, p := range pairs {
		if d.stopped = d.stopped || d.report.full(); d.stopped {
			return
		}
		f := d.find(p, key, fields, sinkType)
		if f == nil {
			continue
		}
		if f.name != p.key {
			d.secretFile(p, join(key, p.key), f, into, depth+1)
		} else {
			d.field(p.value, join(key, p.key), f, f.value(into), depth+1)
		}
	}
}

// valuePlace returns where errors about a key point to: its value, if that is on
// the same line, or else the key.
func valuePlace(p pair) place {
	if p.value.Line == p.at.line && !isNull(p.value) {
		return placeOf(p.value)
	}
	return p.at
}

// sinkType reads a sink's type before its other keys, for it says which keys
// those may be. It returns "" if that is missing or wrong, on which the usual
// reading of the key reports.
func (d *decoder) sinkType(sink *Sink, pairs []pair, key string, depth int) string {
	for _, p := range pairs {
		if p.key == "type" {
			quiet := decoder{report: &report{places: map[string]place{}, sources: map[string]string{}}, env: d.env}
			text, _ := quiet.text(p.value, join(key, p.key), &field{}, depth+1)
			sink.Type = SinkType(text)
		}
	}
	if !setSinkType(sink) {
		return ""
	}
	return string(sink.Type)
}

// find returns the field for a key, which for the file of a secret is that of the
// secret, or reports that there is none.
func (d *decoder) find(p pair, key string, fields []field, sinkType string) *field {
	var elsewhere []string
	for i := range fields {
		f := &fields[i]
		secret, isFile := strings.CutSuffix(p.key, fileSuffix)
		if f.name != p.key && (f.kind != kindSecret || !isFile || f.name != secret) {
			continue
		}
		if f.hasSink(sinkType) {
			return f
		}
		elsewhere = append(elsewhere, strings.Split(f.sink, ",")...)
	}
	name := joinSafe(key, p.key)
	switch {
	case len(elsewhere) == 0:
		d.report.addAt(p.at, name, "%s", unknownKey(p.key, fields))
	case sinkType != "":
		d.report.addAt(p.at, name, "is a key of a sink of type %s only", listed("or", elsewhere))
	}
	return nil
}

// field fills a value from the node of its key.
func (d *decoder) field(node *yaml.Node, key string, f *field, into reflect.Value, depth int) {
	switch f.kind {
	case kindSection:
		d.section(node, key, f.keys, into, depth)
	case kindSections, kindList:
		d.list(node, key, f, into, depth)
	case kindFree:
		if value, ok := d.free(node, key, depth).(map[string]any); ok {
			into.Set(reflect.ValueOf(value))
		} else if !d.stopped && !d.report.failed(key) {
			d.report.addAt(placeOf(node), key, "takes keys with values, such as %s", f.example)
		}
	default:
		if text, ok := d.text(node, key, f, depth); ok {
			d.set(into, f.kind, key, text)
		}
	}
}

// set sets a single value from its text.
func (d *decoder) set(into reflect.Value, kind kind, key, text string) {
	if kind == kindPath {
		text = d.path(text)
	}
	if err := setText(into, kind, text); err != nil {
		shown := "the value"
		if kind != kindURL {
			shown = d.report.show(key, text)
		}
		d.report.add(key, "%s %v", shown, err)
	}
}

// path returns a path of the file, relative to the file's own folder.
func (d *decoder) path(text string) string {
	if text == "" || filepath.IsAbs(text) || strings.HasPrefix(text, "~") {
		return text
	}
	return filepath.Join(d.folder, text)
}

// list fills a slice from a sequence.
func (d *decoder) list(node *yaml.Node, key string, f *field, into reflect.Value, depth int) {
	at := d.report.places[key]
	if node = d.follow(node, key, depth); node == nil {
		return
	}
	if node.Kind != yaml.SequenceNode || tagged(node) {
		d.report.addAt(at, key, "takes a list; write each item on a line of its own after a dash")
		return
	}
	list := reflect.MakeSlice(into.Type(), 0, len(node.Content))
	for i, child := range node.Content {
		name := item(key, i)
		d.report.places[name] = placeOf(child)
		one := reflect.New(into.Type().Elem()).Elem()
		if f.kind == kindSections {
			setDefaultFields(one, f.keys)
			d.section(child, name, f.keys, one, depth+1)
		} else if text, ok := d.text(child, name, &field{kind: f.item}, depth+1); ok {
			d.set(one, f.item, name, text)
		}
		list = reflect.Append(list, one)
	}
	into.Set(list)
}

// fileSuffix makes the name of a secret that of the file it is in.
const fileSuffix = "_file"

// secretFile fills a secret from the key that names its file.
func (d *decoder) secretFile(p pair, key string, f *field, into reflect.Value, depth int) {
	path, ok := d.text(p.value, key, &field{kind: kindPath}, depth)
	switch twin := strings.TrimSuffix(key, fileSuffix); {
	case !ok:
	case d.report.given(twin):
		d.report.add(key, "is one way to give the secret and %s the other; give one of them", f.name)
	case path == "":
		d.report.add(key, "is empty; it takes the path of a file")
	default:
		f.value(into).Set(reflect.ValueOf(SecretFile(key, d.path(path))))
	}
}
