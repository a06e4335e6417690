package xmlrpc

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// field is one field of a Go struct that is a member of an XML-RPC struct.
type field struct {
	name      string // of the member
	index     []int  // for reflect.Value.FieldByIndex
	typ       reflect.Type
	omitEmpty bool
}

func (f *field) in(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

// structFields lists the fields of a struct in their order. Of several fields with the
// same name, the least deeply embedded one is used, as in Go.
func structFields(t reflect.Type) ([]field, error) {
	all, err := appendFields(nil, t, nil)
	if err != nil {
		return nil, err
	}
	at := make(map[string]int, len(all))
	kept := all[:0]
	for _, f := range all {
		i, again := at[f.name]
		switch {
		case !again:
			at[f.name] = len(kept)
			kept = append(kept, f)
		case len(f.index) < len(kept[i].index):
			kept[i] = f
		case len(f.index) == len(kept[i].index):
			return nil, fmt.Errorf("%s has two fields for member %s", t, scan.Quote(f.name))
		}
	}
	return kept, nil
}

func appendFields(fields []field, t reflect.Type, index []int) ([]field, error) {
	for i := range t.NumField() {
		sf := t.Field(i)
		path := append(slices.Clip(index), i)
		name, options, _ := strings.Cut(sf.Tag.Get("xmlrpc"), ",")
		switch {
		case name == "-":
			continue
		case options != "" && options != "omitempty":
			return nil, fmt.Errorf("%s.%s: unknown tag option %s", t, sf.Name, scan.Quote(options))
		case sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct:
			var err error
			if fields, err = appendFields(fields, sf.Type, path); err != nil {
				return nil, err
			}
			continue
		case !sf.IsExported():
			continue
		case name == "":
			name = sf.Name
		}
		fields = append(fields, field{name: name, index: path, typ: sf.Type, omitEmpty: options != ""})
	}
	return fields, nil
}
