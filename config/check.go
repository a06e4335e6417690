package config

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxText is the length in bytes of AMQP's short strings, which names are.
const maxText = 255

// maxBlock is the length in bytes of what may have several lines.
const maxBlock = 16 << 10

// check reports every rule the configuration breaks: first those that tags
// state, key by key, then those about keys together.
func (c *Config) check(r *report) {
	checkFields(r, "", fieldsOf(reflect.TypeFor[Config]()), reflect.ValueOf(c).Elem())
	c.checkTop(r)
	c.Broker.check(r)
	c.Hub.check(r)
	c.Admin.check(r)
	c.Tracing.check(r)
	checkSinks(r, c.Sinks)
}

func checkFields(r *report, around string, fields []field, in reflect.Value) {
	groups := map[string][]*field{}
	for i := range fields {
		f := &fields[i]
		if f.sink != "" && in.FieldByIndex(f.index[:1]).IsNil() {
			continue
		}
		key, value := join(around, f.name), f.value(in)
		if f.group != "" {
			groups[f.group] = append(groups[f.group], f)
		}
		switch {
		case r.broken[key]:
		case f.kind == kindSection:
			checkFields(r, key, f.keys, value)
		case f.required && value.IsZero() || f.required && value.Kind() == reflect.Slice && value.Len() == 0:
			addMissing(r, key, f)
		case f.kind == kindSections:
			for i := range value.Len() {
				if r.broken[item(key, i)] {
					continue
				}
				checkFields(r, item(key, i), f.keys, value.Index(i))
			}
		default:
			checkValue(r, key, f, value)
		}
	}
	for _, group := range groups {
		checkGroup(r, around, group, in)
	}
}

func addMissing(r *report, key string, f *field) {
	switch {
	case r.failed(key):
	case f.kind == kindSections:
		r.add(key, "at least one is needed")
	case len(f.enum) > 0:
		r.add(key, "is missing; it must be %s", listed("or", f.enum))
	default:
		r.add(key, "is missing")
	}
}

// checkGroup reports if not exactly one key of a group is there.
func checkGroup(r *report, around string, group []*field, in reflect.Value) {
	var names, present []string
	for _, f := range group {
		names = append(names, f.name)
		if key := join(around, f.name); r.given(key) || !f.value(in).IsZero() {
			present = append(present, key)
		}
	}
	first := join(around, names[0])
	switch {
	case len(present) == 0 && !r.failed(first):
		r.add(first, "is missing; one of %s must be given", listed("and", names))
	case len(present) > 1:
		last := slices.MaxFunc(present, func(a, b string) int {
			return cmp.Or(cmp.Compare(r.places[a].line, r.places[b].line), cmp.Compare(r.places[a].column, r.places[b].column))
		})
		r.add(last, "only one of %s can be given", listed("and", names))
	}
}

// checkValue reports what the field's tags have against its value.
func checkValue(r *report, key string, f *field, value reflect.Value) {
	switch {
	case len(f.enum) > 0:
		if text := value.String(); !slices.Contains(f.enum, text) {
			r.add(key, "%s is not possible here; it must be %s", r.show(key, text), listed("or", f.enum))
		}
	case f.kind == kindInt || f.kind == kindDuration || f.kind == kindSize:
		if number := value.Int(); f.min != "" && (number < bound(f, f.min) || number > bound(f, f.max)) {
			r.add(key, "must be from %s to %s", f.min, f.max)
		}
	case f.kind == kindText || f.kind == kindPath || f.kind == kindBlock:
		checkText(r, key, f.kind, value.String())
	case f.kind == kindList && f.item == kindText:
		for i := range value.Len() {
			if !r.broken[item(key, i)] {
				checkText(r, item(key, i), kindText, value.Index(i).String())
			}
		}
	}
}

// bound reads a bound from a tag.
func bound(f *field, text string) int64 {
	target := map[kind]reflect.Type{
		kindInt: reflect.TypeFor[int](), kindDuration: reflect.TypeFor[time.Duration](), kindSize: reflect.TypeFor[ByteSize](),
	}[f.kind]
	value := reflect.New(target).Elem()
	_ = setText(value, f.kind, text) // tags are right; a test reads them all
	return value.Int()
}

func checkText(r *report, key string, kind kind, text string) {
	limit, control := maxText, unicode.IsControl
	switch kind {
	case kindPath:
		limit = 4096 // PATH_MAX
	case kindBlock:
		limit = maxBlock
		control = func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	}
	switch {
	case !utf8.ValidString(text):
		r.add(key, "is not UTF-8 text")
	case strings.ContainsFunc(text, control):
		r.add(key, "holds a control character, such as a line end")
	case len(text) > limit:
		r.add(key, "is longer than %d bytes", limit)
	case kind == kindPath && strings.HasPrefix(text, "~"):
		r.add(key, "begins with ~, which only a shell fills in; write the whole path, or ${HOME} in place of ~")
	}
}
