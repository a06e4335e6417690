package schema

import (
	"reflect"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Changes returns the keys in which two configurations, or two sinks, differ, with names
// relative to them. It does not compare items of lists of sections, or the keys of sink
// types if the types differ. It compares the paths of secrets in files, since they are read
// at each use. Both arguments are pointers to the same struct type.
func Changes(a, b any) []string { return changesOf(a, b, func(*Field) bool { return true }) }

// TypeChanges is Changes for the type of a sink and the keys that only sinks of
// this type have.
func TypeChanges(a, b any) []string {
	return changesOf(a, b, func(f *Field) bool { return f.Sink != "" || f.Name == typeKey })
}

func changesOf(a, b any, wanted func(*Field) bool) []string {
	one, other := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	var fields []Field
	for _, f := range fieldsOf(one.Type()) {
		if wanted(&f) {
			fields = append(fields, f)
		}
	}
	return changed("", fields, one, other)
}

func changed(around string, fields []Field, a, b reflect.Value) []string {
	var keys []string
	for i := range fields {
		f := &fields[i]
		if f.Kind == KindSections || f.Sink != "" && (lacks(a, f) || lacks(b, f)) {
			continue
		}
		key, one, other := Join(around, f.Name), f.value(a), f.value(b)
		switch {
		case f.Kind == KindSection:
			keys = append(keys, changed(key, f.Keys, one, other)...)
		case !same(one, other):
			keys = append(keys, key)
		}
	}
	return keys
}

// lacks reports whether the sink's type does not have the key.
func lacks(sink reflect.Value, f *Field) bool { return sink.FieldByIndex(f.index[:1]).IsNil() }

// same compares two values of a key. Secrets contain closures, which cannot be compared.
func same(a, b reflect.Value) bool {
	if a, ok := reflect.TypeAssert[values.Secret](a); ok {
		b, _ := reflect.TypeAssert[values.Secret](b)
		return a.Equal(b)
	}
	if a, ok := reflect.TypeAssert[values.BrokerURL](a); ok {
		b, _ := reflect.TypeAssert[values.BrokerURL](b)
		return a.Equal(b)
	}
	if a.Type() == reflect.TypeFor[[]values.BrokerURL]() {
		return sameItems(a, b)
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

func sameItems(a, b reflect.Value) bool {
	if a.Len() != b.Len() {
		return false
	}
	for i := range a.Len() {
		if !same(a.Index(i), b.Index(i)) {
			return false
		}
	}
	return true
}
