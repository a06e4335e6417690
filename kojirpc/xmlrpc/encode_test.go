package xmlrpc_test

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

type (
	text  string
	flag  bool
	ratio float64
	blob  []byte
)

type options struct {
	base
	Scratch bool     `xmlrpc:"scratch,omitempty"`
	Repo    *int     `xmlrpc:"repo_id,omitempty"`
	Arches  []string `xmlrpc:"arches"`
	Skip    int      `xmlrpc:"-"`
	hidden  int
}

func TestAppendValue(t *testing.T) {
	three := 3
	var nilMap map[string]int
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"nil", nil, "<value><nil/></value>"},
		{"nil pointer", (*int)(nil), "<value><nil/></value>"},
		{"nil slice", []string(nil), "<value><nil/></value>"},
		{"nil []any", []any(nil), "<value><nil/></value>"},
		{"nil map", nilMap, "<value><nil/></value>"},
		{"nil bytes", []byte(nil), "<value><nil/></value>"},
		{"nil Raw", xmlrpc.Raw(nil), "<value><nil/></value>"},
		{"true", true, "<value><boolean>1</boolean></value>\n"},
		{"int", 5, "<value><int>5</int></value>\n"},
		{"pointer", &three, "<value><int>3</int></value>\n"},
		{"named bool", flag(true), "<value><boolean>1</boolean></value>\n"},
		{"named float", ratio(0.5), "<value><double>0.5</double></value>\n"},
		{"named bytes", blob{1}, "<value><base64>\nAQ==\n</base64></value>\n"},
		{"nil map of any", map[string]any(nil), "<value><nil/></value>"},
		{"named int", state(-1), "<value><int>-1</int></value>\n"},
		{"largest int", math.MaxInt32, "<value><int>2147483647</int></value>\n"},
		{"smallest int", int32(math.MinInt32), "<value><int>-2147483648</int></value>\n"},
		{"smallest i8", math.MaxInt32 + 1, "<value><i8>2147483648</i8></value>\n"},
		{"uint64", uint64(math.MaxInt64), "<value><i8>9223372036854775807</i8></value>\n"},
		{"duration", time.Second, "<value><int>1000000000</int></value>\n"},
		{"float64", 1538056644.66542, "<value><double>1538056644.66542</double></value>\n"},
		{"float32", float32(0.1), "<value><double>0.1</double></value>\n"},
		{"string", "žluť & <b>\t\r\n\"'", "<value><string>žluť &amp; &lt;b&gt;\t&#13;\n\"'</string></value>\n"},
		{"named string", text("x"), "<value><string>x</string></value>\n"},
		{"DateTime", xmlrpc.DateTime("20180926T13:57:24"), "<value><dateTime.iso8601>20180926T13:57:24</dateTime.iso8601></value>\n"},
		{"bytes", []byte{0, 1, 255}, "<value><base64>\nAAH/\n</base64></value>\n"},
		{"empty bytes", []byte{}, "<value><base64>\n</base64></value>\n"},
		{"long bytes", make([]byte, 58), "<value><base64>\n" + strings.Repeat("A", 76) + "\nAA==\n</base64></value>\n"},
		{"array", [2]bool{true}, "<value><array><data>\n<value><boolean>1</boolean></value>\n<value><boolean>0</boolean></value>\n</data></array></value>\n"},
		{"slice", []any{nil, []string{}}, "<value><array><data>\n<value><nil/></value><value><array><data>\n</data></array></value>\n</data></array></value>\n"},
		{"map, in order", map[string]any{"b": nil, "<a>": 1, "": ""}, "<value><struct>\n" +
			"<member>\n<name></name>\n<value><string></string></value>\n</member>\n" +
			"<member>\n<name>&lt;a&gt;</name>\n<value><int>1</int></value>\n</member>\n" +
			"<member>\n<name>b</name>\n<value><nil/></value></member>\n</struct></value>\n"},
		{"map of a named type", map[text]int{"b": 1, "a": 2}, "<value><struct>\n" +
			"<member>\n<name>a</name>\n<value><int>2</int></value>\n</member>\n<member>\n<name>b</name>\n<value><int>1</int></value>\n</member>\n</struct></value>\n"},
		{"struct", options{base: base{ID: 1}, Skip: 1, hidden: 1}, "<value><struct>\n" +
			"<member>\n<name>id</name>\n<value><int>1</int></value>\n</member>\n<member>\n<name>Kind</name>\n<value><string></string></value>\n</member>\n" +
			"<member>\n<name>arches</name>\n<value><nil/></value></member>\n</struct></value>\n"},
		{"struct, omitempty", &options{Scratch: true, Repo: new(int)}, "<value><struct>\n" +
			"<member>\n<name>id</name>\n<value><int>0</int></value>\n</member>\n<member>\n<name>Kind</name>\n<value><string></string></value>\n</member>\n" +
			"<member>\n<name>scratch</name>\n<value><boolean>1</boolean></value>\n</member>\n<member>\n<name>repo_id</name>\n<value><int>0</int></value>\n</member>\n" +
			"<member>\n<name>arches</name>\n<value><nil/></value></member>\n</struct></value>\n"},
		{"fault", &xmlrpc.Fault{Code: 1, String: "x"}, "<value><struct>\n<member>\n<name>faultCode</name>\n<value><int>1</int></value>\n</member>\n" +
			"<member>\n<name>faultString</name>\n<value><string>x</string></value>\n</member>\n</struct></value>\n"},
		{"Raw", xmlrpc.Raw("<value><i4>1</i4></value>"), "<value><i4>1</i4></value>\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := xmlrpc.AppendValue([]byte("before "), tt.v)
			if err != nil || string(got) != "before "+tt.want {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

type unwritable struct {
	F func() `xmlrpc:"f"`
}

func TestAppendValueErrors(t *testing.T) {
	loop := map[string]any{}
	loop["x"] = []any{loop}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"NaN", math.NaN(), "xmlrpc: NaN cannot be written as a double"},
		{"infinity", []float32{0, float32(math.Inf(1))}, "xmlrpc: [1]: +Inf cannot be written as a double"},
		{"too big", uint64(math.MaxInt64) + 1, "xmlrpc: 9223372036854775808 is beyond XML-RPC's integers"},
		{"time", map[string]any{"a": time.Time{}}, "xmlrpc: a: time.Time is not an XML-RPC type; the hub takes seconds since 1970 or a string"},
		{"channel", make(chan int), "xmlrpc: chan int is not an XML-RPC type"},
		{"function in a struct", []any{1, &unwritable{}}, "xmlrpc: [1].f: func() is not an XML-RPC type"},
		{"int keys", map[int]int{}, "xmlrpc: map[int]int: the keys must be strings"},
		{"control character", []any{map[string]any{"a": "x\x1b"}}, "xmlrpc: [0].a: character U+001B at byte 1 cannot be in XML"},
		{"control character in a name", map[string]any{"\x1b": 1}, `xmlrpc: ["\x1b"]: character U+001B at byte 0 cannot be in XML`},
		{"not UTF-8", "žx\xff", "xmlrpc: byte 0xff at 3 is not UTF-8"},
		{"U+FFFE", "\ufffe", "xmlrpc: character U+FFFE at byte 0 cannot be in XML"},
		{"Named", []any{xmlrpc.Named{"a": 1}}, "xmlrpc: [0]: Named may only be the last parameter of a call"},
		{"pointer to Named", &xmlrpc.Named{}, "xmlrpc: Named may only be the last parameter of a call"},
		{"two fields of a name", twins{}, `xmlrpc: xmlrpc_test.twins has two fields for member "a"`},
		{"no value in Raw", xmlrpc.Raw("<int>1</int>"), `xmlrpc: want <value>, got <int> (byte 0 of 12; the document begins "<int>…</int>")`},
		{"more in Raw", xmlrpc.Raw("<value/><!-- --> </param>"), "xmlrpc: unexpected content after the end of the document"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := xmlrpc.AppendValue([]byte("before"), tt.v)
			if string(got) != "before" {
				t.Errorf("dst is %q", got)
			}
			mustBe[*xmlrpc.PathError](t, err)
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := xmlrpc.AppendValue(nil, loop); err == nil || !strings.Contains(err.Error(), "more than 1000 levels of nesting") {
		t.Errorf("a loop gives %.100v", err)
	}
	var self any
	self = &self
	if _, err := xmlrpc.AppendValue(nil, self); err == nil {
		t.Error("a pointer to itself was written")
	}
}

func TestAppendCallNamed(t *testing.T) {
	got, err := xmlrpc.AppendCall(nil, "getTaskInfo", 4711, xmlrpc.Named{"request": true, "Strict": nil})
	if err != nil {
		t.Fatal(err)
	}
	want := `<?xml version='1.0'?>
<methodCall>
<methodName>getTaskInfo</methodName>
<params>
<param>
<value><int>4711</int></value>
</param>
<param>
<value><struct>
<member>
<name>Strict</name>
<value><nil/></value></member>
<member>
<name>request</name>
<value><boolean>1</boolean></value>
</member>
<member>
<name>__starstar</name>
<value><boolean>1</boolean></value>
</member>
</struct></value>
</param>
</params>
</methodCall>
`
	if string(got) != want {
		t.Errorf("got\n%s", got)
	}
	_, params, err := xmlrpc.DecodeCall(got, xmlrpc.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	positional, named := xmlrpc.SplitNamed(params)
	if !reflect.DeepEqual(positional, []any{int64(4711)}) || !reflect.DeepEqual(named, map[string]any{"request": true, "Strict": nil}) || len(params) != 2 {
		t.Errorf("split into %v and %v", positional, named)
	}

	plain, err := xmlrpc.AppendCall(nil, "hello", xmlrpc.Named{})
	if err != nil || strings.Contains(string(plain), "<param>") {
		t.Errorf("no named arguments are written as %s, %v", plain, err)
	}
}

func TestAppendCallErrors(t *testing.T) {
	for want, write := range map[string]func() ([]byte, error){
		"xmlrpc: params[0]: Named may only be the last parameter": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "a", xmlrpc.Named{"b": 1}, 2)
		},
		"xmlrpc: params[0]: named arguments cannot have the name __starstar": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "a", xmlrpc.Named{"__starstar": true})
		},
		"xmlrpc: params[1].b: chan int": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "a", nil, xmlrpc.Named{"b": make(chan int)})
		},
		"xmlrpc: params[0][1].params[0].x: func()": func() ([]byte, error) {
			calls := []xmlrpc.Call{{Method: "a"}, {Method: "b", Params: []any{xmlrpc.Named{"x": func() {}}}}}
			return xmlrpc.AppendCall([]byte("before"), "multiCall", calls)
		},
		"xmlrpc: params[0][0]: a call without a method name": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "multiCall", []xmlrpc.Call{{}})
		},
		"xmlrpc: a call without a method name": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "")
		},
		"xmlrpc: methodName: character U+0000": func() ([]byte, error) {
			return xmlrpc.AppendCall([]byte("before"), "\x00")
		},
		"xmlrpc: chan int": func() ([]byte, error) { return xmlrpc.AppendResponse([]byte("before"), make(chan int)) },
		"xmlrpc: no fault": func() ([]byte, error) { return xmlrpc.AppendFault([]byte("before"), nil) },
		"xmlrpc: faultString: byte 0xff": func() ([]byte, error) {
			return xmlrpc.AppendFault([]byte("before"), &xmlrpc.Fault{String: "\xff"})
		},
	} {
		got, err := write()
		mustBe[*xmlrpc.PathError](t, err)
		if string(got) != "before" || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
}

// TestAppendMultiCall encodes a multiCall like the recorded one.
func TestAppendMultiCall(t *testing.T) {
	got, err := xmlrpc.AppendCall(nil, "multiCall", []xmlrpc.Call{
		{Method: "getUser", Params: []any{5}},
		{Method: "getUser", Params: []any{999999}},
		{Method: "getTag", Params: []any{"no-such-tag", xmlrpc.Named{"strict": true}}},
		{Method: "getAverageBuildDuration", Params: []any{"kernel"}},
		{Method: "noSuchMethod"},
		{Method: "getTaskInfo", Params: []any{17, xmlrpc.Named{"request": true}}},
		{Method: "getPackage"},
		{Method: "createTag", Params: []any{"x"}},
		{Method: "fault"},
		{Method: "getAPIVersion", Params: []any{xmlrpc.Named{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := byName(t, "multiCall-mixed").request; string(got) != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSplitNamed(t *testing.T) {
	mark := func(v any) []any { return []any{1, map[string]any{"a": 2, "__starstar": v}} }
	for _, v := range []any{true, int64(1), "x", 0.5, []any{nil}} {
		positional, named := xmlrpc.SplitNamed(mark(v))
		if len(positional) != 1 || !reflect.DeepEqual(named, map[string]any{"a": 2}) {
			t.Errorf("%v: %v, %v", v, positional, named)
		}
	}
	for _, params := range [][]any{nil, {}, {1}, {map[string]any{}}, mark(nil), mark(false), mark(int64(0)), mark(""), mark(0.0), mark([]any{}),
		{map[string]any{"__starstar": true}, 1}} {
		positional, named := xmlrpc.SplitNamed(params)
		if named != nil || !reflect.DeepEqual(positional, params) {
			t.Errorf("%v: %v, %v", params, positional, named)
		}
	}
}

// TestPythonRepr compares floats with Python's output.
func TestPythonRepr(t *testing.T) {
	data, err := os.ReadFile("testdata/python-repr.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		bits, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if bits == "#" {
			continue
		}
		b, err := hex.DecodeString(bits)
		if err != nil {
			t.Fatal(err)
		}
		v := math.Float64frombits(binary.BigEndian.Uint64(b))
		got, err := xmlrpc.AppendValue(nil, v)
		if err != nil || string(got) != "<value><double>"+want+"</double></value>\n" {
			t.Errorf("%s: got %s, %v", want, got, err)
		}
		n++
	}
	if n < 400 {
		t.Errorf("only %d doubles", n)
	}
}
