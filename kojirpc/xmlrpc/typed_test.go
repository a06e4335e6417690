package xmlrpc_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func member(name, value string) string {
	return "<member><name>" + name + "</name>" + value + "</member>"
}

type state int8

type base struct {
	ID   int64 `xmlrpc:"id"`
	Kind string
}

type record struct {
	base
	Name    string           `xmlrpc:"name"`
	State   state            `xmlrpc:"state"`
	Epoch   *int             `xmlrpc:"epoch"`
	TS      *float64         `xmlrpc:"create_ts"`
	Done    bool             `xmlrpc:"done"`
	Weight  float32          `xmlrpc:"weight"`
	Host    uint16           `xmlrpc:"host_id"`
	Arches  []string         `xmlrpc:"arches"`
	Sizes   map[string]int64 `xmlrpc:"sizes"`
	Sum     []byte           `xmlrpc:"sum"`
	At      xmlrpc.DateTime  `xmlrpc:"at"`
	Extra   any              `xmlrpc:"extra"`
	Request []any            `xmlrpc:"request"`
	Opts    map[string]any   `xmlrpc:"opts"`
	Result  xmlrpc.Raw       `xmlrpc:"result"`
	Kids    []record         `xmlrpc:"children"`
	Parent  *record          `xmlrpc:"parent"`
	Hidden  string           `xmlrpc:"-"`
	private string
}

func TestDecodeTyped(t *testing.T) {
	doc := response("<value><struct>" +
		member("id", "<value><i8>5000000000</i8></value>") +
		member("Kind", "<value>task</value>") +
		member("name", "<value>žluť</value>") +
		member("state", "<value><int>-3</int></value>") +
		member("epoch", "<value><int>0</int></value>") +
		member("create_ts", "<value><double>1.5</double></value>") +
		member("done", "<value><boolean>1</boolean></value>") +
		member("weight", "<value><int>2</int></value>") +
		member("host_id", "<value><int>65535</int></value>") +
		member("arches", "<value><array><data><value>x86_64</value><value><nil/></value></data></array></value>") +
		member("sizes", "<value><struct>"+member("a", "<value><int>1</int></value>")+"</struct></value>") +
		member("sum", "<value><base64>AAE=</base64></value>") +
		member("at", "<value><dateTime.iso8601>20180926T13:57:24</dateTime.iso8601></value>") +
		member("extra", "<value><array><data><value><nil/></value></data></array></value>") +
		member("request", "<value><array><data><value><int>1</int></value></data></array></value>") +
		member("opts", "<value><struct>"+member("scratch", "<value><boolean>1</boolean></value>")+"</struct></value>") +
		member("result", "<value> <int>7</int></value>") +
		member("children", "<value><array><data><value><struct>"+member("name", "<value>kid</value>")+"</struct></value></data></array></value>") +
		member("parent", "<value><struct/></value>") +
		member("Hidden", "<value>x</value>") +
		member("private", "<value>x</value>") +
		member("unknown", "<value><struct>"+member("id", "<value><int>1</int></value>")+"</struct></value>") +
		"</struct></value>")
	epoch, ts := 0, 1.5
	want := record{
		base: base{ID: 5000000000, Kind: "task"},
		Name: "žluť", State: -3, Epoch: &epoch, TS: &ts, Done: true, Weight: 2, Host: 65535,
		Arches: []string{"x86_64", ""}, Sizes: map[string]int64{"a": 1}, Sum: []byte{0, 1},
		At: "20180926T13:57:24", Extra: []any{nil}, Request: []any{int64(1)}, Opts: map[string]any{"scratch": true},
		Result: xmlrpc.Raw("<value> <int>7</int></value>"), Kids: []record{{Name: "kid"}}, Parent: &record{},
	}
	var got record
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	_ = got.private
}

func TestDecodeTypedNilAndAbsent(t *testing.T) {
	epoch := 1
	full := record{base: base{ID: 1}, Name: "a", Epoch: &epoch, Arches: []string{"b"}, Sizes: map[string]int64{},
		Extra: 1, Opts: map[string]any{}, Done: true, Parent: &record{}}

	got := full
	if err := xmlrpc.DecodeResponse(response("<value><struct/></value>"), xmlrpc.Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, full) {
		t.Errorf("absent members changed fields: %+v", got)
	}

	var nils strings.Builder
	for _, name := range []string{"id", "name", "epoch", "arches", "sizes", "extra", "opts", "done", "parent", "sum", "at", "request", "weight", "host_id"} {
		nils.WriteString(member(name, "<value><nil/></value>"))
	}
	if err := xmlrpc.DecodeResponse(response("<value><struct>"+nils.String()+"</struct></value>"), xmlrpc.Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, record{}) {
		t.Errorf("nil members left %+v", got)
	}

	got = full
	if err := xmlrpc.DecodeResponse(response("<value><nil/></value>"), xmlrpc.Limits{}, &got); err != nil || !reflect.DeepEqual(got, record{}) {
		t.Errorf("nil for a struct: %+v, %v", got, err)
	}
	build := &full
	if err := xmlrpc.DecodeResponse(response("<value><nil/></value>"), xmlrpc.Limits{}, &build); err != nil || build != nil {
		t.Errorf("nil for a pointer: %+v, %v", build, err)
	}
}

func TestDecodeTypedAllocates(t *testing.T) {
	list := []int{7, 8, 9}
	old, m := list, map[string]int{"a": 1}
	p := &m
	doc := response("<value><array><data><value><int>1</int></value></data></array></value>")
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &list); err != nil {
		t.Fatal(err)
	}
	doc = response("<value><struct>" + member("b", "<value><int>2</int></value>") + "</struct></value>")
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &p); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(list, []int{1}) || old[0] != 7 || len(m) != 1 || !reflect.DeepEqual(*p, map[string]int{"b": 2}) {
		t.Error(list, old, m, *p)
	}
	if err := xmlrpc.DecodeResponse(response("<value><array><data/></array></value>"), xmlrpc.Limits{}, &list); err != nil || list == nil || len(list) != 0 {
		t.Errorf("an empty array is %#v, %v", list, err)
	}
}

func TestDecodeTypedMismatch(t *testing.T) {
	list := func(elem string) string {
		ok := "<value><struct/></value>"
		return "<value><array><data>" + ok + ok + ok + "<value><struct>" + elem + "</struct></value></data></array></value>"
	}
	tests := []struct {
		name  string
		value string
		into  any
		path  string
		want  string // the error without its offset
	}{
		{"in a list", list(member("create_ts", "<value><struct/></value>")), new([]record), "[3].create_ts",
			"xmlrpc: [3].create_ts: want double, got struct"},
		{"in pointers", list(member("create_ts", "<value>x</value>")), new([]*record), "[3].create_ts",
			"xmlrpc: [3].create_ts: want double, got string"},
		{"deep", list(member("children", list(member("sizes", "<value><struct>"+member("a", "<value/>")+"</struct></value>")))), new([]record), "[3].children[3].sizes.a",
			"xmlrpc: [3].children[3].sizes.a: want int, got string"},
		{"names from outside", "<value><struct>" + member("a.b\x1b\u202e", "<value/>") + "</struct></value>", new(map[string]int), `["a.b�\u202e"]`,
			`xmlrpc: ["a.b�\u202e"]: want int, got string`},
		{"the value itself", "<value><nil></nil></value>", new(struct{}), "", ""},
		{"string for struct", "<value/>", new(record), "", "xmlrpc: want struct, got string"},
		{"int for string", "<value><int>1</int></value>", new(string), "", "xmlrpc: want string, got int"},
		{"double for int", "<value><double>1.0</double></value>", new(int), "", "xmlrpc: want int, got double"},
		{"int for bool", "<value><int>1</int></value>", new(bool), "", "xmlrpc: want boolean, got int"},
		{"bool for int", "<value><boolean>1</boolean></value>", new(int), "", "xmlrpc: want int, got boolean"},
		{"string for bytes", "<value/>", new([]byte), "", "xmlrpc: want base64, got string"},
		{"base64 for string", "<value><base64/></value>", new(string), "", "xmlrpc: want string, got base64"},
		{"string for DateTime", "<value/>", new(xmlrpc.DateTime), "", "xmlrpc: want dateTime.iso8601, got string"},
		{"struct for slice", "<value><struct/></value>", new([]int), "", "xmlrpc: want array, got struct"},
		{"struct for []any", "<value><struct/></value>", new([]any), "", "xmlrpc: want array, got struct"},
		{"array for map", "<value><array><data/></array></value>", new(map[string]int), "", "xmlrpc: want struct, got array"},
		{"array for map of any", "<value><array><data/></array></value>", new(map[string]any), "", "xmlrpc: want struct, got array"},
		{"int8", "<value><int>128</int></value>", new(int8), "", "xmlrpc: the number is out of the range of int8"},
		{"uint", "<value><int>-1</int></value>", new(uint64), "", "xmlrpc: the number is out of the range of uint64"},
		{"uint8", "<value><int>256</int></value>", new(uint8), "", "xmlrpc: the number is out of the range of uint8"},
		{"float32", "<value><double>1e300</double></value>", new(float32), "", "xmlrpc: the number is out of the range of float32"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := xmlrpc.DecodeResponse(response(tt.value), xmlrpc.Limits{}, tt.into)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			path := as[*xmlrpc.PathError](t, err)
			msg, _, _ := strings.Cut(err.Error(), " (byte ")
			if path.Path != tt.path || msg != tt.want {
				t.Errorf("path %s: %v", path.Path, err)
			}
			if path.Offset < 56 || path.Offset >= len(response(tt.value)) {
				t.Errorf("byte %d", path.Offset)
			}
		})
	}
}

func TestDateTimeIntoString(t *testing.T) {
	var s string
	err := xmlrpc.DecodeResponse(response("<value><dateTime.iso8601>20180926T13:57:24</dateTime.iso8601></value>"), xmlrpc.Limits{}, &s)
	if err != nil || s != "20180926T13:57:24" {
		t.Errorf("%q, %v", s, err)
	}
}

// A syntax error later in the document takes precedence over a mismatch.
func TestSyntaxBeforeMismatch(t *testing.T) {
	err := xmlrpc.DecodeResponse(response("<value><int>1</int>"), xmlrpc.Limits{}, new(string))
	mustBe[*xmlrpc.SyntaxError](t, err)
}

type selfPointer *selfPointer

type twins struct {
	A int `xmlrpc:"a"`
	B int `xmlrpc:"a"`
}

func TestDecodeIntoUnsupportedTypes(t *testing.T) {
	var nilPointer *int
	var nilRaw *xmlrpc.Raw
	for _, into := range []any{
		1, "x", nilPointer, nilRaw, map[string]any{}, new(chan int), new(map[int]string), new(func()), new(error),
		new(time.Time), new([2]int), new(complex128), new(struct{ X []chan int }), new(selfPointer), new(twins),
		new(struct {
			X int `xmlrpc:"x,string"`
		}),
	} {
		err := xmlrpc.DecodeResponse(response("<value><struct/></value>"), xmlrpc.Limits{}, into)
		if err == nil || !strings.HasPrefix(err.Error(), "xmlrpc: cannot decode into ") {
			t.Errorf("%T: %v", into, err)
		}
	}
}

type inner struct {
	A string `xmlrpc:"a"`
	B string `xmlrpc:"b"`
}

type outer struct {
	inner
	A int `xmlrpc:"a"`
}

func TestEmbeddedFieldsAreShadowed(t *testing.T) {
	var got outer
	doc := response("<value><struct>" + member("a", "<value><int>1</int></value>") + member("b", "<value>x</value>") + "</struct></value>")
	if err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &got); err != nil {
		t.Fatal(err)
	}
	if got.A != 1 || got.inner != (inner{B: "x"}) {
		t.Errorf("%+v", got)
	}
}

func TestPlansFromManyGoroutines(t *testing.T) {
	type tree struct {
		Name string           `xmlrpc:"name"`
		Kids []tree           `xmlrpc:"kids"`
		More map[string]*tree `xmlrpc:"more"`
	}
	leaf := "<value><struct>" + member("name", "<value>leaf</value>") + "</struct></value>"
	doc := response("<value><struct>" + member("kids", "<value><array><data>"+leaf+"</data></array></value>") +
		member("more", "<value><struct>"+member("x", leaf)+"</struct></value>") + "</struct></value>")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var got tree
			err := xmlrpc.DecodeResponse(doc, xmlrpc.Limits{}, &got)
			if err != nil || len(got.Kids) != 1 || got.Kids[0].Name != "leaf" || got.More["x"].Name != "leaf" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	wg.Wait()
}
