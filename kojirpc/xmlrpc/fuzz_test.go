package xmlrpc_test

import (
	"errors"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func addSeeds(f *testing.F) {
	for _, e := range exchanges(f) {
		f.Add(e.request)
		if len(e.response) < 8<<10 {
			f.Add(e.response)
		}
	}
	for _, body := range []string{
		`<value><ex:nil/></value>`, `<value/>`, `<value><string/></value>`, `<value> x </value>`,
		`<value><![CDATA[<a>]]> &#27;&lt;&#xFFFF;</value>`, "<value>\x1b[1m\r\n\xff</value>",
		`<value><!-- c --><int> 5 </int></value>`, `<value a="b>"><i8>9223372036854775808</i8></value>`,
		`<value><double>inf</double></value>`, `<value><dateTime.iso8601>20260102T03:04:05</dateTime.iso8601></value>`,
		`<value><array><data/></array></value>`, `<value><struct/></value>`, `<value><base64> A A = = </base64></value>`,
	} {
		f.Add([]byte(`<methodResponse><params><param>` + body + `</param></params></methodResponse>`))
	}
}

// FuzzDecode checks that no input causes a panic, that errors are printable and of the
// documented types, and that the result is that of encoding/xml where it supports the
// input.
func FuzzDecode(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if msg := differ(data); msg != "" {
			t.Error(msg)
		}
		var typed []struct {
			ID    int32             `xmlrpc:"id"`
			TS    *float64          `xmlrpc:"create_ts"`
			Name  string            `xmlrpc:"name"`
			Extra map[string]string `xmlrpc:"extra"`
			Raw   xmlrpc.Raw        `xmlrpc:"request"`
		}
		_, multiErr := xmlrpc.DecodeMulti(data, xmlrpc.Limits{}, []any{&typed, nil})
		_, _, requestErr := xmlrpc.DecodeRequest(string(data), xmlrpc.Limits{}, nil)
		for _, err := range []error{
			xmlrpc.DecodeResponse(data, xmlrpc.Limits{Depth: 5, Elements: 50}, nil),
			xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &typed),
			multiErr, requestErr,
			xmlrpc.Raw(data).Decode(xmlrpc.Limits{}, &typed),
		} {
			checkError(t, err)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var syntax *xmlrpc.SyntaxError
	var limit *xmlrpc.LimitError
	var path *xmlrpc.PathError
	var fault *xmlrpc.Fault
	if !errors.As(err, &syntax) && !errors.As(err, &limit) && !errors.As(err, &path) && !errors.As(err, &fault) {
		t.Errorf("an error of type %T: %v", err, err)
	}
	msg := err.Error()
	if len(msg) > 4000 || !utf8.ValidString(msg) {
		t.Errorf("an error of %d bytes: %.200q", len(msg), msg)
	}
	for _, r := range msg {
		if !unicode.IsPrint(r) {
			t.Errorf("an error with %U: %q", r, msg)
		}
	}
}

// FuzzRoundTrip checks that a decoded value is the same after encoding and decoding it
// again, and that decoding it as Raw first makes no difference.
func FuzzRoundTrip(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var v any
		if err := xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &v); err != nil {
			return
		}
		var raw xmlrpc.Raw
		if err := xmlrpc.DecodeResponse(data, xmlrpc.Limits{}, &raw); err != nil {
			t.Fatalf("as Raw: %v", err)
		}
		var late any
		if err := raw.Decode(xmlrpc.Limits{}, &late); err != nil || !same(v, late) {
			t.Fatalf("Raw decodes to %#v, %v; want %#v", late, err, v)
		}
		written, err := xmlrpc.AppendResponse(nil, v)
		if err != nil {
			if hasNoDecimal(v) {
				return
			}
			t.Fatalf("%#v cannot be written: %v", v, err)
		}
		var again any
		if err := xmlrpc.DecodeResponse(written, xmlrpc.Limits{Bytes: len(written)}, &again); err != nil {
			t.Fatalf("%s\ncannot be read: %v", written, err)
		}
		if !same(v, again) {
			t.Fatalf("wrote %#v, read %#v", v, again)
		}
		rewritten, err := xmlrpc.AppendResponse(nil, raw)
		if err != nil {
			t.Fatalf("Raw cannot be written: %v", err)
		}
		if err := xmlrpc.DecodeResponse(rewritten, xmlrpc.Limits{Bytes: len(rewritten)}, &again); err != nil || !same(v, again) {
			t.Fatalf("Raw written and read is %#v, %v; want %#v", again, err, v)
		}
	})
}

// hasNoDecimal reports whether v contains an infinity or NaN.
func hasNoDecimal(v any) bool {
	switch v := v.(type) {
	case float64:
		return v-v != 0
	case []any:
		return slices.ContainsFunc(v, hasNoDecimal)
	case map[string]any:
		for _, x := range v {
			if hasNoDecimal(x) {
				return true
			}
		}
	}
	return false
}
