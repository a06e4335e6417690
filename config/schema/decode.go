package schema

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Decode fills the struct that into points to from the text of a file, and returns a report
// with the mistakes. Paths in the file are relative to the folder of name. whole reports
// whether the file was read to its end, so that it makes sense to check the values.
func Decode(name string, data []byte, env Env, into any) (r *Report, whole bool) {
	r = &Report{file: name, places: map[string]place{"": {1, 1}}, sources: map[string]string{}}
	document := readDocument(r, data)
	if len(r.problems) > 0 {
		return r, false
	}
	if document == nil {
		return r, true
	}
	in := reflect.ValueOf(into).Elem()
	d := &decoder{report: r, root: fieldsOf(in.Type()), env: env, folder: filepath.Dir(name)}
	d.section(document, "", d.root, in, 0)
	return r, len(r.problems) == 0 || !d.stopped && document.Kind == yaml.MappingNode
}

// decoder fills structs from a document. It reports all mistakes, not only the first.
type decoder struct {
	report  *Report
	root    []Field // of the whole file
	env     Env
	folder  string // of the file, for relative paths
	nodes   int
	grown   int // bytes that expanding variables has added
	stopped bool
}

// section fills a struct from a mapping.
func (d *decoder) section(node *yaml.Node, key string, fields []Field, into reflect.Value, depth int) {
	if node = d.follow(node, key, depth); node == nil || isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode || tagged(node) {
		d.report.AddAt(placeOf(node), key, "takes keys of its own here, such as %s", fields[0].Name+":")
		return
	}
	pairs := d.pairs(node, key, depth)
	for _, p := range pairs {
		d.report.places[Join(key, p.key)] = valuePlace(p)
	}
	sinkType := ""
	if slices.ContainsFunc(fields, func(f Field) bool { return f.Sink != "" }) {
		sinkType = d.sinkType(into, pairs, key, depth)
	}
	for _, p := range pairs {
		if d.stopped = d.stopped || d.report.Full(); d.stopped {
			return
		}
		f := d.find(p, key, fields, sinkType)
		if f == nil {
			continue
		}
		if f.Name != p.key {
			d.secretFile(p, Join(key, p.key), f, into, depth+1)
		} else {
			d.field(p.value, Join(key, p.key), f, f.value(into), depth+1)
		}
	}
}

// valuePlace returns the position for errors about a key: that of its value if it is on the
// same line, otherwise that of the key.
func valuePlace(p pair) place {
	if p.value.Line == p.at.line && !isNull(p.value) {
		return placeOf(p.value)
	}
	return p.at
}

// sinkType reads a sink's type before its other keys, because the type determines which keys
// are valid. It returns "" if the type is missing or wrong, which is reported when the key
// is read as usual.
func (d *decoder) sinkType(sink reflect.Value, pairs []pair, key string, depth int) string {
	name := ""
	for _, p := range pairs {
		if p.key == typeKey {
			quiet := decoder{report: &Report{places: map[string]place{}, sources: map[string]string{}}, env: d.env}
			name, _ = quiet.text(p.value, Join(key, p.key), &Field{}, depth+1)
		}
	}
	if !SetSinkType(sink.Addr().Interface(), name) {
		return ""
	}
	return name
}

// find returns the field of a key, or reports that there is none. The field of a key with
// the file of a secret is that of the secret.
func (d *decoder) find(p pair, key string, fields []Field, sinkType string) *Field {
	var elsewhere []string
	for i := range fields {
		f := &fields[i]
		secret, isFile := strings.CutSuffix(p.key, FileSuffix)
		if f.Name != p.key && (f.Kind != KindSecret || !isFile || f.Name != secret) {
			continue
		}
		if f.hasSink(sinkType) {
			return f
		}
		elsewhere = append(elsewhere, strings.Split(f.Sink, ",")...)
	}
	name := joinSafe(key, p.key)
	switch {
	case len(elsewhere) == 0:
		d.report.AddAt(p.at, name, "%s", d.unknownKey(p.key, ofSinkType(fields, sinkType)))
	case sinkType != "":
		d.report.AddAt(p.at, name, "is a key of a sink of type %s only", Listed("or", elsewhere))
	}
	return nil
}

// field fills a value from the node of its key.
func (d *decoder) field(node *yaml.Node, key string, f *Field, into reflect.Value, depth int) {
	switch f.Kind {
	case KindSection:
		d.section(node, key, f.Keys, into, depth)
	case KindSections, KindList:
		d.list(node, key, f, into, depth)
	case KindFree:
		if value, ok := d.free(node, key, depth).(map[string]any); ok {
			into.Set(reflect.ValueOf(value))
		} else if !d.stopped && !d.report.Failed(key) {
			d.report.AddAt(placeOf(node), key, "takes keys with values, such as %s", f.Example)
		}
	default:
		if text, ok := d.text(node, key, f, depth); ok {
			d.set(into, f.Kind, key, text)
		}
	}
}

// set sets a single value from its text.
func (d *decoder) set(into reflect.Value, kind Kind, key, text string) {
	if kind == KindPath {
		text = d.path(text)
	}
	if err := setText(into, kind, text); err != nil {
		shown := "the value"
		if kind != KindURL {
			shown = d.report.Show(key, text)
		}
		d.report.Add(key, "%s %v", shown, err)
	}
}

// path resolves a path in the file relative to the folder of the file.
func (d *decoder) path(text string) string {
	if text == "" || filepath.IsAbs(text) || strings.HasPrefix(text, "~") {
		return text
	}
	return filepath.Join(d.folder, text)
}

// list fills a slice from a sequence.
func (d *decoder) list(node *yaml.Node, key string, f *Field, into reflect.Value, depth int) {
	at := d.report.places[key]
	if node = d.follow(node, key, depth); node == nil {
		return
	}
	if node.Kind != yaml.SequenceNode || tagged(node) {
		d.report.AddAt(at, key, "takes a list; write each item on a line of its own after a dash")
		return
	}
	list := reflect.MakeSlice(into.Type(), 0, len(node.Content))
	for i, child := range node.Content {
		name := Item(key, i)
		d.report.places[name] = placeOf(child)
		one := reflect.New(into.Type().Elem()).Elem()
		if f.Kind == KindSections {
			setDefaultFields(one, f.Keys)
			d.section(child, name, f.Keys, one, depth+1)
		} else if text, ok := d.text(child, name, &Field{Kind: f.Item}, depth+1); ok {
			d.set(one, f.Item, name, text)
		}
		list = reflect.Append(list, one)
	}
	into.Set(list)
}

// FileSuffix is the suffix of a key that names the file of a secret, after the key of the
// secret.
const FileSuffix = "_file"

// secretFile fills a secret from the key that names its file.
func (d *decoder) secretFile(p pair, key string, f *Field, into reflect.Value, depth int) {
	path, ok := d.text(p.value, key, &Field{Kind: KindPath}, depth)
	switch twin := strings.TrimSuffix(key, FileSuffix); {
	case !ok:
	case d.report.Given(twin):
		d.report.Add(key, "is one way to give the secret and %s the other; give one of them", f.Name)
	case path == "":
		d.report.Add(key, "is empty; it takes the path of a file")
	default:
		f.value(into).Set(reflect.ValueOf(values.SecretFile(key, d.path(path))))
	}
}
