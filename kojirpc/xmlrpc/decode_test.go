package xmlrpc_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestDecodeAny(t *testing.T) {
	tests := []struct {
		name  string
		value string
		want  any
	}{
		{"nil", `<value><nil/></value>`, nil},
		{"nil, open", `<value><nil> </nil></value>`, nil},
		{"nil of the extension", `<value><ex:nil/></value>`, nil},
		{"true", `<value><boolean>1</boolean></value>`, true},
		{"false", `<value><boolean> 0 </boolean></value>`, false},
		{"int", `<value><int>-5</int></value>`, int64(-5)},
		{"int with spaces and sign", "<value><int>\n +5 </int></value>", int64(5)},
		{"i1", `<value><i1>1</i1></value>`, int64(1)},
		{"i2", `<value><i2>2</i2></value>`, int64(2)},
		{"i4", `<value><i4>4</i4></value>`, int64(4)},
		{"i8, the largest", `<value><i8>9223372036854775807</i8></value>`, int64(math.MaxInt64)},
		{"biginteger, the smallest", `<value><biginteger>-9223372036854775808</biginteger></value>`, int64(math.MinInt64)},
		{"double", `<value><double>1538056644.66542</double></value>`, 1538056644.66542},
		{"double with exponent", `<value><double>1e-05</double></value>`, 1e-05},
		{"float", `<value><float>-0.5</float></value>`, -0.5},
		{"infinity", `<value><double>-inf</double></value>`, math.Inf(-1)},
		{"string", `<value><string> x
</string></value>`, " x\n"},
		{"empty string", `<value><string></string></value>`, ""},
		{"void string", `<value><string/></value>`, ""},
		{"empty value", `<value></value>`, ""},
		{"void value", `<value/>`, ""},
		{"bare text", `<value> plain </value>`, " plain "},
		{"bare white space", `<value> </value>`, " "},
		{"entities", `<value><string>&lt;a&gt; &amp;amp; &quot;&apos;</string></value>`, `<a> &amp; "'`},
		{"references", `<value><string>&#65;&#x42;&#x1F600;&#13;</string></value>`, "AB😀\r"},
		{"CDATA", `<value><string>a<![CDATA[<b>&amp;]]>c</string></value>`, "a<b>&amp;c"},
		{"CDATA as bare text", `<value><![CDATA[<b>]]></value>`, "<b>"},
		{"comment in text", `<value><string>a<!-- <b> -->c</string></value>`, "ac"},
		{"comment before a type", `<value> <!-- c --> <int>1</int> <!-- d --> </value>`, int64(1)},
		{"comment before bare text", `<value><!-- c -->x</value>`, "x"},
		{"line ends", "<value><string>a\r\nb\rc\nd</string></value>", "a\nb\nc\nd"},
		{"control characters", "<value><string>\x1b[31mred\x00</string></value>", "\ufffd[31mred\ufffd"},
		{"control characters in CDATA", "<value><![CDATA[\x1b\r\n]]></value>", "\ufffd\n"},
		{"references to control characters", `<value><string>&#27;&#0;&#xFFFF;&#xD800;&#99999999999;</string></value>`, "\ufffd\ufffd\ufffd\ufffd\ufffd"},
		{"invalid UTF-8", "<value><string>a\xff\xc3z\xed\xa0\x80</string></value>", "a\ufffd\ufffdz\ufffd\ufffd\ufffd"},
		{"not ASCII", `<value><string>žluť 中😀</string></value>`, "žluť 中😀"},
		{"base64", "<value><base64>\nAAH/\n</base64></value>", []byte{0, 1, 255}},
		{"base64, wrapped anywhere", "<value><base64> A A\r\n\tE=</base64></value>", []byte{0, 1}},
		{"empty base64", `<value><base64></base64></value>`, []byte{}},
		{"dateTime", `<value><dateTime.iso8601> 20180926T13:57:24 </dateTime.iso8601></value>`, xmlrpc.DateTime("20180926T13:57:24")},
		{"empty array", "<value><array><data>\n</data></array></value>", []any{}},
		{"array of void data", `<value><array><data/></array></value>`, []any{}},
		{"array", `<value><array> <data> <value/> <value><array><data><value><nil/></value></data></array></value></data></array></value>`, []any{"", []any{nil}}},
		{"empty struct", "<value><struct>\n</struct></value>", map[string]any{}},
		{"void struct", `<value><struct/></value>`, map[string]any{}},
		{"struct", `<value><struct><member><name>a b</name><value><int>1</int></value></member></struct></value>`, map[string]any{"a b": int64(1)}},
		{"names are text", "<value><struct><member><name>&lt;\x1b<![CDATA[&]]></name><value/></member><member><name/><value/></member></struct></value>", map[string]any{"<\ufffd&": "", "": ""}},
		{"of a repeated member the last", `<value><struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct></value>`, map[string]any{"a": "2"}},
		{"attributes mean nothing", `<value a="1" b = '>'><int c='"' >1</int></value >`, int64(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decodeAny(t, response(tt.value))
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
			var raw xmlrpc.Raw
			if err := xmlrpc.DecodeResponse(response(tt.value), xmlrpc.Limits{}, &raw); err != nil {
				t.Fatal(err)
			}
			if string(raw) != tt.value {
				t.Errorf("raw is %q", raw)
			}
		})
	}
}

func TestDecodeNaN(t *testing.T) {
	if f, ok := decodeAny(t, response(`<value><double>nan</double></value>`)).(float64); !ok || !math.IsNaN(f) {
		t.Errorf("got %v", f)
	}
}

func TestDecodeDocuments(t *testing.T) {
	body := `<methodResponse><params><param><value>x</value></param></params></methodResponse>`
	for name, doc := range map[string]string{
		"no prolog":          body,
		"prolog":             `<?xml version="1.0" encoding="utf-8"?>` + body,
		"prolog, US-ASCII":   `<?xml version='1.0' encoding='US-ASCII' standalone='yes' ?>` + body,
		"byte order mark":    "\ufeff" + body,
		"white space":        "\r\n <?xml version='1.0'?>\n\n" + body + "\n\n",
		"comments":           `<!-- a --><!----><!-- - -->` + body + `<!-- b -->`,
		"namespaces on tags": strings.Replace(body, "<methodResponse>", `<methodResponse xmlns:ex="http://example.com/">`, 1),
	} {
		if got := decodeAny(t, []byte(doc)); got != "x" {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestDecodeCall(t *testing.T) {
	tests := []struct {
		name   string
		doc    string
		method string
		params []any
	}{
		{"no params", `<methodCall><methodName>hello</methodName></methodCall>`, "hello", []any{}},
		{"void params", `<methodCall><methodName>hello</methodName><params/></methodCall>`, "hello", []any{}},
		{"empty params", `<methodCall><methodName>hello</methodName><params> </params></methodCall>`, "hello", []any{}},
		{"params", `<methodCall><methodName>a&amp;b</methodName><params><param><value/></param><param><value><int>1</int></value></param></params></methodCall>`, "a&b", []any{"", int64(1)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			method, params, err := xmlrpc.DecodeCall([]byte(tt.doc), xmlrpc.Limits{})
			if err != nil || method != tt.method || !reflect.DeepEqual(params, tt.params) {
				t.Errorf("got %q %#v %v", method, params, err)
			}
		})
	}
}

func TestDecodeRequest(t *testing.T) {
	const call = "<?xml version='1.0'?>\n<methodCall>\n<methodName>sleep</methodName>\n<params>\n<param>\n<value><int>4</int></value>\n</param>\n</params>\n</methodCall>\n"
	const packed = "PD94bWwgdmVyc2lvbj0nMS4wJz8+CjxtZXRob2RDYWxsPgo8bWV0aG9kTmFtZT5zbGVlcDwvbWV0\n" +
		"aG9kTmFtZT4KPHBhcmFtcz4KPHBhcmFtPgo8dmFsdWU+PGludD40PC9pbnQ+PC92YWx1ZT4KPC9w\n" +
		"YXJhbT4KPC9wYXJhbXM+CjwvbWV0aG9kQ2FsbD4K\n"
	for name, text := range map[string]string{
		"XML":                call,
		"XML after space":    "\n " + call,
		"XML without prolog": strings.TrimPrefix(call, "<?xml version='1.0'?>\n"),
		"base64":             packed,
	} {
		method, params, err := xmlrpc.DecodeRequest(text, xmlrpc.Limits{}, nil)
		if err != nil || method != "sleep" || !reflect.DeepEqual(params, []any{int64(4)}) {
			t.Errorf("%s: got %q %v %v", name, method, params, err)
		}
	}
	for name, text := range map[string]string{
		"neither":          "hunter2 is my password",
		"nothing":          "",
		"base64 of no XML": "aHVudGVyMg==",
	} {
		_, _, err := xmlrpc.DecodeRequest(text, xmlrpc.Limits{}, nil)
		mustBe[*xmlrpc.SyntaxError](t, err)
		if name == "neither" && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the text: %v", name, err)
		}
	}
	_, _, err := xmlrpc.DecodeRequest(strings.Repeat("A", 100), xmlrpc.Limits{Bytes: 10}, nil)
	mustBe[*xmlrpc.LimitError](t, err)
}

func TestDateTime(t *testing.T) {
	for text, want := range map[xmlrpc.DateTime]string{
		"20180926T13:57:24":         "2018-09-26T13:57:24Z",
		"20180926T13:57:24.5":       "2018-09-26T13:57:24.5Z",
		"2018-09-26T13:57:24":       "2018-09-26T13:57:24Z",
		"20180926T13:57:24Z":        "2018-09-26T13:57:24Z",
		"20180926T13:57:24+02:00":   "2018-09-26T11:57:24Z",
		"2018-09-26T13:57:24+0200":  "2018-09-26T11:57:24Z",
		"2018-09-26T13:57:24-01:30": "2018-09-26T15:27:24Z",
	} {
		at, err := text.Time()
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := at.Format("2006-01-02T15:04:05.999999999Z07:00"); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	for _, text := range []xmlrpc.DateTime{"", "now", "20181326T13:57:24", "2018-09-26 13:57:24\x1b"} {
		if at, err := text.Time(); err == nil {
			t.Errorf("%q: got %v", string(text), at)
		} else if strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%q: raw text in %q", string(text), err)
		}
	}
}

func TestKindString(t *testing.T) {
	for value, want := range map[string]string{
		"<value><nil/></value>": "nil", "<value><boolean>1</boolean></value>": "boolean", "<value><i8>1</i8></value>": "int",
		"<value><float>1</float></value>": "double", "<value/>": "string", "<value><base64/></value>": "base64",
		"<value><dateTime.iso8601/></value>": "dateTime.iso8601", "<value><array><data/></array></value>": "array", "<value><struct/></value>": "struct",
	} {
		if kind, err := xmlrpc.NewDecoder([]byte(value), xmlrpc.Limits{}).Kind(); err != nil || kind.String() != want {
			t.Errorf("%s: %v, %v", value, kind, err)
		}
	}
}
