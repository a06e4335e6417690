package xmlrpc

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// reflected writes the types that value does not handle.
func (e *encoder) reflected(x any) error {
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Bool:
		e.boolean(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.integer(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return fmt.Errorf("%d is beyond XML-RPC's integers", v.Uint())
		}
		e.integer(int64(v.Uint()))
	case reflect.Float32:
		return e.double(v.Float(), 32)
	case reflect.Float64:
		return e.double(v.Float(), 64)
	case reflect.String:
		return e.str("string", v.String())
	case reflect.Pointer:
		if v.IsNil() {
			e.null()
			return nil
		}
		return e.value(v.Elem().Interface())
	case reflect.Slice, reflect.Array:
		return e.list(v)
	case reflect.Map:
		return e.anyMap(v)
	case reflect.Struct:
		return e.structure(v)
	default:
		return fmt.Errorf("%T is not an XML-RPC type", x)
	}
	return nil
}

func (e *encoder) list(v reflect.Value) error {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		e.base64(v.Bytes())
		return nil
	}
	isNil := v.Kind() == reflect.Slice && v.IsNil()
	return e.array(isNil, v.Len(), func(i int) error { return e.value(v.Index(i).Interface()) })
}

func (e *encoder) anyMap(v reflect.Value) error {
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("%s: the keys must be strings", v.Type())
	}
	if v.IsNil() {
		e.null()
		return nil
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	e.put("<value><struct>\n")
	for _, key := range keys {
		if err := e.member(key.String(), v.MapIndex(key).Interface()); err != nil {
			return err
		}
	}
	e.put("</struct></value>\n")
	return nil
}

func (e *encoder) structure(v reflect.Value) error {
	if v.Type() == timeType {
		return fmt.Errorf("time.Time is not an XML-RPC type; the hub takes seconds since 1970 or a string")
	}
	fields, err := structFields(v.Type())
	if err != nil {
		return err
	}
	e.put("<value><struct>\n")
	for i := range fields {
		f := fields[i].in(v)
		if fields[i].omitEmpty && f.IsZero() {
			continue
		}
		if err := e.member(fields[i].name, f.Interface()); err != nil {
			return err
		}
	}
	e.put("</struct></value>\n")
	return nil
}
