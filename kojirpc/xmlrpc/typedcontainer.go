package xmlrpc

import (
	"fmt"
	"reflect"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// decodeAny reads into an any, and into []any and map[string]any, which Decoder.Any
// returns itself, without reflection for each element.
func decodeAny(t reflect.Type) func(*Decoder, reflect.Value) error {
	return func(d *Decoder, v reflect.Value) error {
		kind, err := d.Kind()
		if err != nil {
			return err
		}
		switch {
		case t == anyMapType && kind != KindStruct && kind != KindNil:
			return d.mismatch("struct")
		case t == anySliceType && kind != KindArray && kind != KindNil:
			return d.mismatch("array")
		}
		x, err := d.Any()
		switch {
		case err != nil:
			return err
		case x == nil:
			v.SetZero()
		default:
			v.Set(reflect.ValueOf(x))
		}
		return nil
	}
}

// orNil returns a function that sets v to its zero value for a nil, and calls decode
// for other values.
func orNil(decode func(*Decoder, reflect.Value) error) func(*Decoder, reflect.Value) error {
	return func(d *Decoder, v reflect.Value) error {
		isNil, err := d.Nil()
		if err != nil {
			return err
		}
		if isNil {
			v.SetZero()
			return nil
		}
		return decode(d, v)
	}
}

// maxPointers rules out types that are a pointer to themselves.
const maxPointers = 4

func (pl planner) pointer(t reflect.Type) (func(*Decoder, reflect.Value) error, error) {
	pointers := 0
	for e := t; e.Kind() == reflect.Pointer; e = e.Elem() {
		if pointers++; pointers > maxPointers {
			return nil, fmt.Errorf("%s has more than %d levels of pointers", t, maxPointers)
		}
	}
	elem, err := pl.plan(t.Elem())
	if err != nil {
		return nil, err
	}
	return orNil(func(d *Decoder, v reflect.Value) error {
		p := reflect.New(t.Elem())
		if err := elem.decode(d, p.Elem()); err != nil {
			return err
		}
		v.Set(p)
		return nil
	}), nil
}

func (pl planner) slice(t reflect.Type) (func(*Decoder, reflect.Value) error, error) {
	if t.Elem().Kind() == reflect.Uint8 {
		return decodeBytes, nil
	}
	elem, err := pl.plan(t.Elem())
	if err != nil {
		return nil, err
	}
	return orNil(func(d *Decoder, v reflect.Value) error {
		more, err := d.enterArray()
		if err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(t, 0, 0))
		for i := 0; more && err == nil; i++ {
			if i == v.Cap() {
				v.Grow(1)
			}
			v.SetLen(i + 1)
			if err := elem.decode(d, v.Index(i)); err != nil {
				return d.at(indexStep(i), err)
			}
			more, err = d.nextElement()
		}
		return err
	}), nil
}

func decodeBytes(d *Decoder, v reflect.Value) error {
	b, err := d.Bytes()
	if err == nil {
		v.SetBytes(b)
	}
	return err
}

func (pl planner) mapping(t reflect.Type) (func(*Decoder, reflect.Value) error, error) {
	if t.Key().Kind() != reflect.String {
		return nil, fmt.Errorf("%s: the keys must be strings", t)
	}
	elem, err := pl.plan(t.Elem())
	if err != nil {
		return nil, err
	}
	return orNil(func(d *Decoder, v reflect.Value) error {
		more, err := d.enterStruct()
		if err != nil {
			return err
		}
		out := reflect.MakeMap(t)
		for more && err == nil {
			name := d.names.get(d.name)
			member := reflect.New(t.Elem()).Elem()
			if err := elem.decode(d, member); err != nil {
				return d.at(memberStep(name), err)
			}
			out.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), member)
			more, err = d.nextMember()
		}
		if err != nil {
			return err
		}
		v.Set(out)
		return nil
	}), nil
}

// target is a field with the plan for its type.
type target struct {
	field
	plan *plan
	step string
}

func (pl planner) structure(t reflect.Type) (func(*Decoder, reflect.Value) error, error) {
	fields, err := structFields(t)
	if err != nil {
		return nil, err
	}
	targets := make(map[string]*target, len(fields))
	for _, f := range fields {
		p, err := pl.plan(f.typ)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", scan.Quote(f.name), err)
		}
		targets[f.name] = &target{field: f, plan: p, step: memberStep(f.name)}
	}
	return orNil(func(d *Decoder, v reflect.Value) error {
		more, err := d.enterStruct()
		for more && err == nil {
			if f := targets[string(d.name)]; f != nil {
				if err := f.plan.decode(d, f.in(v)); err != nil {
					return d.at(f.step, err)
				}
			}
			more, err = d.nextMember()
		}
		return err
	}), nil
}
