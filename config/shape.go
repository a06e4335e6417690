package config

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// kind is what a key takes.
type kind int

const (
	kindText kind = iota
	kindPath
	kindBlock // text of several lines
	kindSecret
	kindURL
	kindBool
	kindInt
	kindDuration
	kindSize
	kindFree     // a map of anything
	kindList     // a list of single values
	kindSection  // keys of its own
	kindSections // a list of sections
)

// field is one key, as a struct's tags describe it.
type field struct {
	name     string
	kind     kind
	item     kind // what a list is of
	doc      string
	def      string
	derived  string
	example  string
	enum     []string
	min, max string
	required bool
	group    string // exactly one key of the group is there
	sink     string // only a sink of these types has the key, separated by commas
	keys     []field
	index    []int
}

// hasSink tells whether a sink of a type has the key.
func (f *field) hasSink(sinkType string) bool {
	return f.sink == "" || slices.Contains(strings.Split(f.sink, ","), sinkType)
}

// takesOne tells whether the field takes a single value.
func (f *field) takesOne() bool { return f.kind < kindFree }

// value returns the field's value in its struct.
func (f *field) value(in reflect.Value) reflect.Value { return in.FieldByIndex(f.index) }

// fieldsOf reads the keys off the tags of a struct type.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, sf := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if option == "inline" {
			for _, f := range fieldsOf(structOf(sf.Type)) {
				f.sink = sf.Tag.Get("sink")
				f.index = append(append([]int{}, sf.Index...), f.index...)
				fields = append(fields, f)
			}
		} else if name != "" {
			fields = append(fields, fieldOf(sf, name))
		}
	}
	return fields
}

// structOf returns the struct that a field is or points to.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

func fieldOf(sf reflect.StructField, name string) field {
	tag := sf.Tag
	f := field{
		name: name, kind: kindOf(sf.Type), index: sf.Index,
		doc: tag.Get("doc"), def: tag.Get("default"), derived: tag.Get("derived"), example: tag.Get("example"),
		min: tag.Get("min"), max: tag.Get("max"), group: tag.Get("oneof"), required: tag.Get("required") == "true",
	}
	switch tag.Get("format") {
	case "path":
		f.kind = kindPath
	case "block":
		f.kind = kindBlock
	}
	if tag.Get("enum") != "" {
		f.enum = strings.Split(tag.Get("enum"), ",")
	}
	switch f.kind {
	case kindList:
		f.item = kindOf(sf.Type.Elem())
	case kindSection:
		f.keys = fieldsOf(sf.Type)
	case kindSections:
		f.keys = fieldsOf(sf.Type.Elem())
	}
	return f
}

func kindOf(t reflect.Type) kind {
	switch t {
	case reflect.TypeFor[Secret]():
		return kindSecret
	case reflect.TypeFor[BrokerURL]():
		return kindURL
	case reflect.TypeFor[time.Duration]():
		return kindDuration
	case reflect.TypeFor[ByteSize]():
		return kindSize
	case reflect.TypeFor[*bool](): // nil: not given
		return kindBool
	}
	switch t.Kind() {
	case reflect.Bool:
		return kindBool
	case reflect.Int:
		return kindInt
	case reflect.Map:
		return kindFree
	case reflect.Struct:
		return kindSection
	case reflect.Slice:
		if kindOf(t.Elem()) == kindSection {
			return kindSections
		}
		return kindList
	default:
		return kindText
	}
}

// setSinkType gives a sink the struct of its type, at its defaults, and takes
// those of the other types away. It tells whether there is such a type.
func setSinkType(sink *Sink) bool {
	known := false
	in := reflect.ValueOf(sink).Elem()
	for _, sf := range reflect.VisibleFields(in.Type()) {
		own := sf.Tag.Get("sink")
		if own == "" {
			continue
		}
		in.FieldByIndex(sf.Index).SetZero()
		if slices.Contains(strings.Split(own, ","), string(sink.Type)) {
			keys := reflect.New(sf.Type.Elem())
			setDefaults(keys.Interface())
			in.FieldByIndex(sf.Index).Set(keys)
			known = true
		}
	}
	return known
}
