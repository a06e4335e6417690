package schema

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// maxText is the maximum length of AMQP's short strings in bytes, which names are.
const maxText = 255

// maxBlock is the maximum length of text with several lines, in bytes.
const maxBlock = 16 << 10

// Check reports values that break the rules of their tags, in the struct that of points to,
// whose keys are below around.
func Check(r *Report, around string, of any) {
	in := reflect.ValueOf(of).Elem()
	checkFields(r, around, fieldsOf(in.Type()), in)
}

func checkFields(r *Report, around string, fields []Field, in reflect.Value) {
	groups := map[string][]*Field{}
	for i := range fields {
		f := &fields[i]
		if f.Sink != "" && in.FieldByIndex(f.index[:1]).IsNil() {
			continue
		}
		key, value := Join(around, f.Name), f.value(in)
		if f.Group != "" {
			groups[f.Group] = append(groups[f.Group], f)
		}
		switch {
		case r.broken[key]:
		case f.Kind == KindSection:
			checkFields(r, key, f.Keys, value)
		case f.Required && value.IsZero() || f.Required && value.Kind() == reflect.Slice && value.Len() == 0:
			addMissing(r, key, f)
		case f.Kind == KindSections:
			for i := range value.Len() {
				if r.broken[Item(key, i)] {
					continue
				}
				checkFields(r, Item(key, i), f.Keys, value.Index(i))
			}
		default:
			checkValue(r, key, f, value)
		}
	}
	for _, group := range groups {
		checkGroup(r, around, group, in)
	}
}

func addMissing(r *Report, key string, f *Field) {
	switch {
	case r.Failed(key):
	case f.Kind == KindSections:
		r.Add(key, "at least one is needed")
	case len(f.Enum) > 0:
		r.Add(key, "is missing; it must be %s", Listed("or", f.Enum))
	default:
		r.Add(key, "is missing")
	}
}

// checkGroup reports a group of which not exactly one key is given.
func checkGroup(r *Report, around string, group []*Field, in reflect.Value) {
	var names, present []string
	for _, f := range group {
		names = append(names, f.Name)
		if key := Join(around, f.Name); r.Given(key) || !f.value(in).IsZero() {
			present = append(present, key)
		}
	}
	first := Join(around, names[0])
	switch {
	case len(present) == 0 && !r.Failed(first):
		r.Add(first, "is missing; one of %s must be given", Listed("and", names))
	case len(present) > 1:
		last := slices.MaxFunc(present, func(a, b string) int {
			return cmp.Or(cmp.Compare(r.places[a].line, r.places[b].line), cmp.Compare(r.places[a].column, r.places[b].column))
		})
		r.Add(last, "only one of %s can be given", Listed("and", names))
	}
}

// checkValue reports a value that breaks the rules of its field's tags.
func checkValue(r *Report, key string, f *Field, value reflect.Value) {
	switch {
	case len(f.Enum) > 0:
		if text := value.String(); !slices.Contains(f.Enum, text) {
			must := "; it must be "
			if meant := suggest.Nearest(text, f.Enum); meant != "" && text[0] >= 'A' { // a number is no misspelling
				must = "; did you mean " + meant + "? It must be "
			}
			r.Add(key, "%s is not possible here%s%s", r.Show(key, text), must, Listed("or", f.Enum))
		}
	case f.Kind == KindInt || f.Kind == KindDuration || f.Kind == KindSize:
		if number := value.Int(); f.Min != "" && (number < bound(f, f.Min) || number > bound(f, f.Max)) {
			r.Add(key, "must be from %s to %s", f.Min, f.Max)
		}
	case f.Kind == KindText || f.Kind == KindPath || f.Kind == KindBlock:
		checkText(r, key, f.Kind, value.String())
	case f.Kind == KindList && f.Item == KindText:
		for i := range value.Len() {
			if !r.broken[Item(key, i)] {
				checkText(r, Item(key, i), KindText, value.Index(i).String())
			}
		}
	}
}

// bound reads a bound from a tag.
func bound(f *Field, text string) int64 {
	target := map[Kind]reflect.Type{
		KindInt: reflect.TypeFor[int](), KindDuration: reflect.TypeFor[time.Duration](), KindSize: reflect.TypeFor[values.ByteSize](),
	}[f.Kind]
	value := reflect.New(target).Elem()
	_ = setText(value, f.Kind, text) // a test verifies all tags
	return value.Int()
}

func checkText(r *Report, key string, kind Kind, text string) {
	limit, control := maxText, unicode.IsControl
	switch kind {
	case KindPath:
		limit = 4096 // PATH_MAX
	case KindBlock:
		limit = maxBlock
		control = func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	}
	switch {
	case !utf8.ValidString(text):
		r.Add(key, "is not UTF-8 text")
	case strings.ContainsFunc(text, control):
		r.Add(key, "contains a control character, such as a line end")
	case len(text) > limit:
		r.Add(key, "is longer than %d bytes", limit)
	case kind == KindPath && strings.HasPrefix(text, "~"):
		r.Add(key, "begins with ~, which only a shell fills in; write the whole path, or ${HOME} instead of ~")
	}
}
