package schema

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
)

var (
	errBool     = errors.New("is neither true nor false")
	errInt      = errors.New("is not a whole number")
	errIntRange = errors.New("is a number too large to count")

	wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
)

// setText sets a value of a kind from its text in the file. The error message continues
// a sentence that begins with the text, and does not repeat it.
func setText(into reflect.Value, kind Kind, text string) error {
	switch kind {
	case KindSecret:
		into.Set(reflect.ValueOf(values.NewSecret(text)))
		return nil
	case KindURL:
		return setParsed(into, text, values.ParseBrokerURL)
	case KindDuration:
		return setParsed(into, text, values.ParseDuration)
	case KindSize:
		return setParsed(into, text, values.ParseByteSize)
	case KindBool:
		return setParsed(into, text, parseBool)
	case KindInt:
		return setParsed(into, text, parseInt)
	default:
		into.SetString(text)
		return nil
	}
}

func setParsed[T any](into reflect.Value, text string, parse func(string) (T, error)) error {
	value, err := parse(text)
	switch {
	case err != nil:
		return err
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.ValueOf(&value))
	default:
		into.Set(reflect.ValueOf(value))
	}
	return nil
}

func parseBool(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, errBool
	}
	return text == "true", nil
}

// parseInt accepts decimal numbers only, since YAML's octal and hexadecimal ones surprise.
func parseInt(text string) (int, error) {
	if !wholeNumber.MatchString(text) {
		return 0, errInt
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0, errIntRange
	}
	return number, nil
}

// Defaults sets every key below a struct to the default in its tag. It leaves keys without
// a default unchanged.
func Defaults(into any) {
	v := reflect.ValueOf(into).Elem()
	setDefaultFields(v, fieldsOf(v.Type()))
}

func setDefaultFields(in reflect.Value, fields []Field) {
	for _, f := range fields {
		switch {
		case f.Sink != "": // set with the sink's type
		case f.Kind == KindSection:
			setDefaultFields(f.value(in), f.Keys)
		case f.Def == "":
		case f.Kind == KindList:
			list := f.value(in)
			list.SetZero()
			for text := range strings.SplitSeq(f.Def, ", ") {
				one := reflect.New(list.Type().Elem()).Elem()
				_ = setText(one, f.Item, text) // a test verifies all tags
				list.Set(reflect.Append(list, one))
			}
		default:
			_ = setText(f.value(in), f.Kind, f.Def)
		}
	}
}

// Fits returns an error if text, as written in a file, is not a value of a kind.
func Fits(kind Kind, text string) error {
	types := map[Kind]reflect.Type{
		KindSecret: reflect.TypeFor[values.Secret](), KindURL: reflect.TypeFor[values.BrokerURL](), KindBool: reflect.TypeFor[bool](),
		KindInt: reflect.TypeFor[int](), KindDuration: reflect.TypeFor[time.Duration](), KindSize: reflect.TypeFor[values.ByteSize](),
	}
	if types[kind] == nil {
		return nil
	}
	return setText(reflect.New(types[kind]).Elem(), kind, text)
}
