package config

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

var (
	errBool     = errors.New("is neither true nor false")
	errInt      = errors.New("is not a whole number")
	errIntRange = errors.New("is a number too large to count")

	wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
)

// setText sets a value of a kind from its text in the file. The error reads on
// from the text that was wrong and does not repeat it.
func setText(into reflect.Value, kind kind, text string) error {
	switch kind {
	case kindSecret:
		into.Set(reflect.ValueOf(NewSecret(text)))
		return nil
	case kindURL:
		return setParsed(into, text, ParseBrokerURL)
	case kindDuration:
		return setParsed(into, text, ParseDuration)
	case kindSize:
		return setParsed(into, text, ParseByteSize)
	case kindBool:
		return setParsed(into, text, parseBool)
	case kindInt:
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

// parseInt takes decimal numbers only: YAML's octal and hexadecimal ones surprise.
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

// setDefaults gives every key below a struct the default in its tag. It
// overwrites only what has one.
func setDefaults(into any) {
	v := reflect.ValueOf(into).Elem()
	setDefaultFields(v, fieldsOf(v.Type()))
}

func setDefaultFields(in reflect.Value, fields []field) {
	for _, f := range fields {
		switch {
		case f.sink != "": // set with the sink's type
		case f.kind == kindSection:
			setDefaultFields(f.value(in), f.keys)
		case f.def == "":
		case f.kind == kindList:
			list := f.value(in)
			list.SetZero()
			for text := range strings.SplitSeq(f.def, ", ") {
				one := reflect.New(list.Type().Elem()).Elem()
				_ = setText(one, f.item, text) // tags are right; a test reads them all
				list.Set(reflect.Append(list, one))
			}
		default:
			_ = setText(f.value(in), f.kind, f.def)
		}
	}
}
