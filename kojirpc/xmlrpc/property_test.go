package xmlrpc_test

import (
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
	"pgregory.net/rapid"
)

// anyText draws strings of characters that XML allows.
func anyText() *rapid.Generator[string] {
	return rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("<>&'\"]\r\n\t -é中😀\u0085\ufffd\u202e")),
		rapid.Rune().Filter(func(r rune) bool {
			return r >= ' ' && r != 0xfffe && r != 0xffff && utf8.ValidRune(r)
		}),
	))
}

// anyValue draws values that Decoder.Any can return and the encoder accepts.
func anyValue() *rapid.Generator[any] {
	return rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Just[any](nil),
			rapid.Bool().AsAny(),
			rapid.Int64().AsAny(),
			rapid.Float64Range(-1.7e308, 1.7e308).AsAny(),
			anyText().AsAny(),
			rapid.SliceOfN(rapid.Byte(), 0, 200).AsAny(),
			rapid.Map(rapid.StringMatching(`[0-9]{8}T[0-9]{2}:[0-9]{2}:[0-9]{2}`), func(s string) any { return xmlrpc.DateTime(s) }),
			rapid.SliceOfN(anyValue(), 0, 5).AsAny(),
			rapid.MapOfN(anyText(), anyValue(), 0, 5).AsAny(),
		)
	})
}

func TestRoundTripAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue().Draw(t, "value")
		data, err := xmlrpc.AppendResponse(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		var got any
		if err := xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, v) {
			t.Fatalf("wrote %#v, read %#v from\n%s", v, got, data)
		}
		if msg := differ(data); msg != "" {
			t.Fatal(msg)
		}
	})
}

func TestRoundTripCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		method := rapid.StringMatching(`[a-zA-Z_.<&]{1,20}`).Draw(t, "method")
		params := rapid.SliceOfN(anyValue(), 0, 4).Draw(t, "params")
		named := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,8}`), anyValue(), 0, 3).Draw(t, "named")
		data, err := xmlrpc.AppendCall(nil, method, append(slices.Clip(params), xmlrpc.Named(named))...)
		if err != nil {
			t.Fatal(err)
		}
		gotMethod, all, err := xmlrpc.DecodeCall(data, xmlrpc.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if len(named) == 0 {
			all = append(all, map[string]any{"__starstar": true})
		}
		gotParams, gotNamed := xmlrpc.SplitNamed(all)
		if gotMethod != method || !reflect.DeepEqual(gotParams, params) || !reflect.DeepEqual(gotNamed, named) {
			t.Fatalf("read %s %#v %#v from\n%s", gotMethod, gotParams, gotNamed, data)
		}
	})
}

type everything struct {
	Bool    bool               `xmlrpc:"bool"`
	Int     int                `xmlrpc:"int"`
	Int8    int8               `xmlrpc:"int8"`
	Uint32  uint32             `xmlrpc:"uint32"`
	Float64 float64            `xmlrpc:"float64"`
	Float32 float32            `xmlrpc:"float32"`
	String  string             `xmlrpc:"string"`
	Pointer *string            `xmlrpc:"pointer"`
	Bytes   []byte             `xmlrpc:"bytes"`
	Slice   []float64          `xmlrpc:"slice"`
	Map     map[string]*int64  `xmlrpc:"map"`
	List    []map[string]int16 `xmlrpc:"a list & more"`
	Any     any                `xmlrpc:"any"`
	Self    []*everything      `xmlrpc:"self"`
}

func anything(depth int) *rapid.Generator[everything] {
	return rapid.Custom(func(t *rapid.T) everything {
		finite := rapid.Float64Range(-1e300, 1e300)
		e := everything{
			Bool:    rapid.Bool().Draw(t, "bool"),
			Int:     rapid.Int().Draw(t, "int"),
			Int8:    rapid.Int8().Draw(t, "int8"),
			Uint32:  rapid.Uint32().Draw(t, "uint32"),
			Float64: finite.Draw(t, "float64"),
			Float32: rapid.Float32Range(-1e30, 1e30).Draw(t, "float32"),
			String:  anyText().Draw(t, "string"),
			Pointer: rapid.Ptr(anyText(), true).Draw(t, "pointer"),
			Bytes:   rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"),
			Slice:   rapid.SliceOfN(finite, 0, 5).Draw(t, "slice"),
			Map:     rapid.MapOfN(anyText(), rapid.Ptr(rapid.Int64(), true), 0, 4).Draw(t, "map"),
			List:    rapid.SliceOfN(rapid.MapOfN(anyText(), rapid.Int16(), 0, 3), 0, 3).Draw(t, "list"),
			Any:     anyValue().Draw(t, "any"),
		}
		if depth > 0 {
			for range rapid.IntRange(0, 2).Draw(t, "self") {
				kid := anything(depth-1).Draw(t, "kid")
				e.Self = append(e.Self, &kid)
			}
		}
		return e
	})
}

func TestRoundTripTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anything(2).Draw(t, "value")
		data, err := xmlrpc.AppendValue(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		var got everything
		if err := xmlrpc.Raw(data).Decode(xmlrpc.Limits{}, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, v) {
			t.Fatalf("wrote %+v, read %+v", v, got)
		}
	})
}
