package config

import "reflect"

// Changes returns the names of the keys, outside of sinks, in which another
// configuration differs. Of a secret in a file the path is compared, for its text
// is read anew at each use.
func (c *Config) Changes(other *Config) []string {
	fields := fieldsOf(reflect.TypeFor[Config]())
	return changed("", fields, reflect.ValueOf(c).Elem(), reflect.ValueOf(other).Elem())
}

// Changes returns the names of the keys, from the sink on, in which another sink
// differs. Where the types differ, the keys of the types are not compared.
func (s *Sink) Changes(other *Sink) []string {
	fields := fieldsOf(reflect.TypeFor[Sink]())
	return changed("", fields, reflect.ValueOf(s).Elem(), reflect.ValueOf(other).Elem())
}

// TypeChanges is Changes for the keys that only some types of sinks have, and
// the type itself: what the sink is, not what it gets.
func (s *Sink) TypeChanges(other *Sink) []string {
	var own []field
	for _, f := range fieldsOf(reflect.TypeFor[Sink]()) {
		if f.sink != "" || f.name == "type" {
			own = append(own, f)
		}
	}
	return changed("", own, reflect.ValueOf(s).Elem(), reflect.ValueOf(other).Elem())
}

func changed(around string, fields []field, a, b reflect.Value) []string {
	var keys []string
	for i := range fields {
		f := &fields[i]
		if f.kind == kindSections || f.sink != "" && (lacks(a, f) || lacks(b, f)) {
			continue
		}
		key, one, other := join(around, f.name), f.value(a), f.value(b)
		switch {
		case f.kind == kindSection:
			keys = append(keys, changed(key, f.keys, one, other)...)
		case !same(one, other):
			keys = append(keys, key)
		}
	}
	return keys
}

// lacks tells whether a sink is of a type that has no such key.
func lacks(sink reflect.Value, f *field) bool { return sink.FieldByIndex(f.index[:1]).IsNil() }

// same compares two values of a key. Secrets are closures, which are equal to
// nothing.
func same(a, b reflect.Value) bool {
	if a, ok := reflect.TypeAssert[Secret](a); ok {
		b, _ := reflect.TypeAssert[Secret](b)
		return a.equal(b)
	}
	if a, ok := reflect.TypeAssert[BrokerURL](a); ok {
		b, _ := reflect.TypeAssert[BrokerURL](b)
		return a.equal(b)
	}
	if a.Type() == reflect.TypeFor[[]BrokerURL]() {
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

func (s Secret) equal(other Secret) bool {
	if s.value == nil || other.value == nil {
		return s.value == nil && other.value == nil && s.key == other.key && s.file == other.file
	}
	return s.value() == other.value()
}

func (u BrokerURL) equal(other BrokerURL) bool {
	password, given := u.RevealPassword()
	otherPassword, otherGiven := other.RevealPassword()
	u.password, other.password = nil, nil
	return reflect.DeepEqual(u, other) && password == otherPassword && given == otherGiven
}
