package xmlrpc_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
	kolo "github.com/kolo/xmlrpc"
	"pgregory.net/rapid"
)

func TestEncodingXMLAgrees(t *testing.T) {
	for _, e := range exchanges(t) {
		for _, body := range [][]byte{e.request, e.response} {
			if msg := differ(body); msg != "" {
				t.Errorf("%s: %s", e.Name, msg)
			}
		}
	}
}

// asKolo converts a value to what kolo/xmlrpc decodes: nil for an empty string, the text
// of base64 (omitted here), a nil map for an empty struct, time.Time for a dateTime.
func asKolo(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil
		}
	case []byte:
		return nil
	case xmlrpc.DateTime:
		t, err := v.Time()
		if err != nil {
			return err
		}
		return t
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, asKolo(x))
		}
		return out
	case map[string]any:
		if len(v) == 0 {
			return map[string]any(nil)
		}
		out := map[string]any{}
		for k, x := range v {
			out[k] = asKolo(x)
		}
		return out
	}
	return v
}

// TestKoloAgrees compares the decoder with kolo/xmlrpc on every recorded result.
func TestKoloAgrees(t *testing.T) {
	compared := 0
	for _, e := range exchanges(t) {
		var ours, theirs any
		if xmlrpc.DecodeResponse(e.response, xmlrpc.Limits{}, &ours) != nil || e.Name == "echo-bytes" {
			continue
		}
		compared++
		if err := kolo.Response(e.response).Unmarshal(&theirs); err != nil {
			t.Errorf("%s: kolo: %v", e.Name, err)
		}
		if want := asKolo(ours); !reflect.DeepEqual(want, theirs) {
			t.Errorf("%s: got\n%.300v, kolo\n%.300v", e.Name, want, theirs)
		}
	}
	if compared < 140 {
		t.Errorf("only %d results compared", compared)
	}
}

// koloValue draws values that kolo/xmlrpc supports: no nil, no empty string, no empty
// struct, no base64, names that need no escape, no carriage returns.
func koloValue() *rapid.Generator[any] {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("aZ0 <>&'\"\n\tžé中😀]")), 1, 12, -1).
		Filter(func(s string) bool { return strings.Trim(s, " \n\t") != "" })
	return rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.OneOf(
			rapid.Bool().AsAny(),
			rapid.Int64().AsAny(),
			rapid.Float64Range(-1e300, 1e300).AsAny(),
			text.AsAny(),
			rapid.SliceOfN(koloValue(), 0, 4).AsAny(),
			rapid.MapOfN(rapid.StringMatching(`[a-zA-Z_][a-z0-9_ ]{0,8}`), koloValue(), 1, 4).AsAny(),
		)
	})
}

func TestKoloReadsWhatWeWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := koloValue().Draw(t, "value")
		data, err := xmlrpc.AppendResponse(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		var got any
		if err := kolo.Response(data).Unmarshal(&got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, v) {
			t.Fatalf("kolo reads %#v, want %#v", got, v)
		}
	})
}

func TestWeReadWhatKoloWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := koloValue().Draw(t, "value")
		data, err := kolo.EncodeMethodCall("echo", v)
		if err != nil {
			t.Fatal(err)
		}
		method, params, err := xmlrpc.DecodeCall(data, xmlrpc.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if method != "echo" || !reflect.DeepEqual(params, []any{v}) {
			t.Fatalf("got %s%#v, want %#v", method, params, v)
		}
	})
}
