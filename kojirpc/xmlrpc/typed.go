package xmlrpc

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"
)

// Value decodes the next value into the value into points to, as described in the
// package's documentation. If into is nil, it skips the value.
func (d *Decoder) Value(into any) error {
	if into == nil {
		return d.Skip()
	}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("xmlrpc: cannot decode into a %T; want a non-nil pointer", into)
	}
	if u, ok := into.(Unmarshaler); ok {
		return d.unmarshal(u)
	}
	p, err := planOf(v.Type().Elem())
	if err != nil {
		return err
	}
	return p.decode(d, v.Elem())
}

// unmarshal lets u decode the current value.
func (d *Decoder) unmarshal(u Unmarshaler) error {
	if err := u.UnmarshalXMLRPC(d); err != nil {
		return d.at("", err)
	}
	return d.settle()
}

// plan decodes values of one Go type. It is immutable once it is in use.
type plan struct {
	decode func(d *Decoder, v reflect.Value) error // v can be set
}

// plans caches the plan of each type. A plan depends only on its type, and making one
// costs more than decoding a small answer.
var plans sync.Map // of reflect.Type to *plan

func planOf(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil
	}
	pl := planner{}
	p, err := pl.plan(t)
	if err != nil {
		return nil, fmt.Errorf("xmlrpc: cannot decode into %s: %w", t, err)
	}
	for t, p := range pl {
		plans.Store(t, p)
	}
	return p, nil
}

// planner holds unfinished plans, for types that contain themselves.
type planner map[reflect.Type]*plan

var (
	unmarshalerType = reflect.TypeFor[Unmarshaler]()
	anyType         = reflect.TypeFor[any]()
	anyMapType      = reflect.TypeFor[map[string]any]()
	anySliceType    = reflect.TypeFor[[]any]()
	dateTimeType    = reflect.TypeFor[DateTime]()
	timeType        = reflect.TypeFor[time.Time]()
)

func (pl planner) plan(t reflect.Type) (*plan, error) {
	if p, ok := plans.Load(t); ok {
		return p.(*plan), nil
	}
	if p, ok := pl[t]; ok {
		return p, nil
	}
	p := &plan{}
	pl[t] = p
	var err error
	switch {
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(unmarshalerType):
		p.decode = decodeUnmarshaler
	case t == anyType, t == anyMapType, t == anySliceType:
		p.decode = decodeAny(t)
	case t == dateTimeType:
		p.decode = decodeDateTime
	case t == timeType:
		err = errors.New("time.Time is not an XML-RPC type; use DateTime, string or float64, as the hub sends")
	default:
		p.decode, err = pl.byKind(t)
	}
	return p, err
}

func (pl planner) byKind(t reflect.Type) (func(*Decoder, reflect.Value) error, error) {
	switch t.Kind() {
	case reflect.Bool:
		return decodeBool, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return decodeInt, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return decodeUint, nil
	case reflect.Float32, reflect.Float64:
		return decodeFloat, nil
	case reflect.String:
		return decodeString, nil
	case reflect.Pointer:
		return pl.pointer(t)
	case reflect.Slice:
		return pl.slice(t)
	case reflect.Map:
		return pl.mapping(t)
	case reflect.Struct:
		return pl.structure(t)
	default:
		return nil, fmt.Errorf("%s is not an XML-RPC type", t)
	}
}

func decodeUnmarshaler(d *Decoder, v reflect.Value) error {
	return d.unmarshal(v.Addr().Interface().(Unmarshaler))
}

func decodeBool(d *Decoder, v reflect.Value) error {
	b, err := d.Bool()
	if err == nil {
		v.SetBool(b)
	}
	return err
}

func decodeInt(d *Decoder, v reflect.Value) error {
	n, err := d.Int()
	if err != nil {
		return err
	}
	if v.OverflowInt(n) {
		return d.tooBig(v.Type())
	}
	v.SetInt(n)
	return nil
}

func decodeUint(d *Decoder, v reflect.Value) error {
	n, err := d.Int()
	if err != nil {
		return err
	}
	if n < 0 || v.OverflowUint(uint64(n)) {
		return d.tooBig(v.Type())
	}
	v.SetUint(uint64(n))
	return nil
}

func decodeFloat(d *Decoder, v reflect.Value) error {
	f, err := d.Float()
	if err != nil {
		return err
	}
	if v.OverflowFloat(f) {
		return d.tooBig(v.Type())
	}
	v.SetFloat(f)
	return nil
}

func (d *Decoder) tooBig(t reflect.Type) error {
	return &PathError{Offset: d.start, Err: fmt.Errorf("the number is out of the range of %s", t)}
}

func decodeString(d *Decoder, v reflect.Value) error {
	s, err := d.Text()
	if err == nil {
		v.SetString(s)
	}
	return err
}

func decodeDateTime(d *Decoder, v reflect.Value) error {
	t, err := d.DateTime()
	if err == nil {
		v.SetString(string(t))
	}
	return err
}
