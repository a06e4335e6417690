package schema

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Kind is the kind of a key's value.
type Kind int

// The kinds of keys. Those before KindFree take a single value.
const (
	KindText Kind = iota
	KindPath
	KindBlock // text of several lines
	KindSecret
	KindURL
	KindBool
	KindInt
	KindDuration
	KindSize
	KindFree     // a map of anything
	KindList     // a list of single values
	KindSection  // keys of its own
	KindSections // a list of sections
)

// Field is one key, as a struct's tags describe it.
type Field struct {
	Name     string
	Kind     Kind
	Item     Kind // of the items of a list
	Doc      string
	Def      string
	Derived  string
	Example  string
	Enum     []string
	Also     []string // what other programs call the key
	Min, Max string
	Required bool
	Group    string  // exactly one key of the group is there
	Sink     string  // the types of sinks that have the key, separated by commas
	Keys     []Field // of a section, or of each of a list of sections
	index    []int
}

// typeKey is the key with a sink's type, which determines its other keys.
const typeKey = "type"

// Walk calls do for every key below the struct that of points to, with its full
// name, as in sinks[].queue.name.
func Walk(of any, do func(key string, f *Field)) {
	walk(fieldsOf(reflect.TypeOf(of).Elem()), "", do)
}

func walk(fields []Field, around string, do func(key string, f *Field)) {
	for i := range fields {
		f := &fields[i]
		key := Join(around, f.Name)
		do(key, f)
		if f.Kind == KindSections {
			key += "[]"
		}
		walk(f.Keys, key, do)
	}
}

// hasSink reports whether a sink of a type has the key.
func (f *Field) hasSink(sinkType string) bool {
	return f.Sink == "" || slices.Contains(strings.Split(f.Sink, ","), sinkType)
}

// takesOne reports whether the field takes a single value.
func (f *Field) takesOne() bool { return f.Kind < KindFree }

// value returns the field's value in its struct.
func (f *Field) value(in reflect.Value) reflect.Value { return in.FieldByIndex(f.index) }

// fieldsOf returns the keys that the tags of a struct type declare.
func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for _, sf := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if option == "inline" {
			for _, f := range fieldsOf(structOf(sf.Type)) {
				f.Sink = sf.Tag.Get("sink")
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

func fieldOf(sf reflect.StructField, name string) Field {
	tag := sf.Tag
	f := Field{
		Name: name, Kind: kindOf(sf.Type), index: sf.Index,
		Doc: tag.Get("doc"), Def: tag.Get("default"), Derived: tag.Get("derived"), Example: tag.Get("example"),
		Min: tag.Get("min"), Max: tag.Get("max"), Group: tag.Get("oneof"), Required: tag.Get("required") == "true",
	}
	switch tag.Get("format") {
	case "path":
		f.Kind = KindPath
	case "block":
		f.Kind = KindBlock
	}
	if tag.Get("also") != "" {
		f.Also = strings.Split(tag.Get("also"), ",")
	}
	if tag.Get("enum") != "" {
		f.Enum = strings.Split(tag.Get("enum"), ",")
	}
	switch f.Kind {
	case KindList:
		f.Item = kindOf(sf.Type.Elem())
	case KindSection:
		f.Keys = fieldsOf(sf.Type)
	case KindSections:
		f.Keys = fieldsOf(sf.Type.Elem())
	}
	return f
}

func kindOf(t reflect.Type) Kind {
	switch t {
	case reflect.TypeFor[values.Secret]():
		return KindSecret
	case reflect.TypeFor[values.BrokerURL]():
		return KindURL
	case reflect.TypeFor[time.Duration]():
		return KindDuration
	case reflect.TypeFor[values.ByteSize]():
		return KindSize
	case reflect.TypeFor[*bool](): // nil: not given
		return KindBool
	}
	switch t.Kind() {
	case reflect.Bool:
		return KindBool
	case reflect.Int:
		return KindInt
	case reflect.Map:
		return KindFree
	case reflect.Struct:
		return KindSection
	case reflect.Slice:
		if kindOf(t.Elem()) == KindSection {
			return KindSections
		}
		return KindList
	default:
		return KindText
	}
}

// SetSinkType sets a sink's section of the type to its defaults, and the sections of other
// types to nil. It reports whether the type exists.
func SetSinkType(sink any, name string) bool {
	known := false
	in := reflect.ValueOf(sink).Elem()
	for _, sf := range reflect.VisibleFields(in.Type()) {
		types := sf.Tag.Get("sink")
		if types == "" {
			continue
		}
		in.FieldByIndex(sf.Index).SetZero()
		if slices.Contains(strings.Split(types, ","), name) {
			keys := reflect.New(sf.Type.Elem())
			Defaults(keys.Interface())
			in.FieldByIndex(sf.Index).Set(keys)
			known = true
		}
	}
	return known
}

// ofSinkType returns the keys that a sink of a type can have: those of all
// sinks and those of the type.
func ofSinkType(fields []Field, name string) []Field {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return !f.hasSink(name) })
}

// Own returns the section of a sink's type, a pointer to the struct that the
// sink's package defines, or nil if the sink has none.
func Own(sink any) any {
	in := reflect.ValueOf(sink).Elem()
	for _, sf := range reflect.VisibleFields(in.Type()) {
		if own := in.FieldByIndex(sf.Index); sf.Tag.Get("sink") != "" && !own.IsNil() {
			return own.Interface()
		}
	}
	return nil
}
