package parse_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestOddJSON checks that any build's extra that Python can write gives an event, whose body
// every decoder accepts.
func TestOddJSON(t *testing.T) {
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	objects := func(levels int) string { return strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels) }
	tests := map[string]string{
		"NaN":                      `NaN`,
		"infinities":               `[Infinity, -Infinity, NaN, NaN, NaN, NaN]`,
		"NaN in a text":            `"NaN, -Infinity"`,
		"… and outside of it":      `{"NaN": "\"NaN", "x": NaN}`,
		"a number of 400 digits":   strings.Repeat("9", 400),
		"… below zero":             "-" + strings.Repeat("9", 400),
		"… behind the point":       "0." + strings.Repeat("1", 400),
		"beyond a float":           `1e400`,
		"lone surrogates":          `"\udce9 \ud83d \ude00\ud83d"`,
		"… as names":               `{"\udce9": "\udc00"}`,
		"a name twice":             `{"a": 1, "a": 2}`,
		"deep lists":               nested(1000),
		"deeper than any decoder":  nested(50_000),
		"deep objects":             objects(100),
		"deeper objects":           objects(20_000),
		"deep and not finite":      `[NaN, ` + nested(300) + `]`,
		"deep, brackets in a text": `["]}]}", ` + nested(300) + `]`,
	}
	for name, odd := range tests {
		extra := `{"submitter":"osbs","typeinfo":{"image":` + odd + `},"image":` + odd + `,"source":{"original_url":"git://h/p"},"x":` + odd + `}`
		text, _ := json.Marshal(extra)
		bodies := map[string]struct {
			d    parse.Delivery
			want facts
		}{
			"extra": {parse.Delivery{RoutingKey: "koji.build.complete", Headers: map[string]any{"type": "BuildStateChange"},
				Body: []byte(`{"attribute":"state","old":0,"new":1,"btypes":{"rpm":` + odd + `},"info":{"id":71,"name":"zsh","version":"5","release":"2","epoch":` + odd + `,"extra":` + extra + `},"more":` + odd + `}`)},
				facts{"build.nvr": "zsh-5-2", "build.state": "COMPLETE", "build.submitter": "osbs", "build.types": "[rpm image]"}},
			"extra as text": {parse.Delivery{RoutingKey: "koji.build.complete",
				Body: []byte(`{"attribute":"state","old":0,"new":1,"info":{"id":71,"name":"zsh","version":"5","release":"2","extra":` + string(text) + `}}`)},
				facts{"build.submitter": "osbs", "build.types": "[image]"}},
			"request and result": {parse.Delivery{RoutingKey: "koji.task.closed", Headers: map[string]any{"type": "TaskStateChange"},
				Body: []byte(`{"attribute":"state","old":"OPEN","new":"CLOSED","info":{"id":9,"method":"build","weight":` + odd + `,"start_ts":` + odd + `,"request":["git://h/p","t",{"scratch":true,"custom_user_metadata":` + odd + `}],"result":` + odd + `}}`)},
				facts{"task.id": "9", "task.target": "t", "task.scratch": "true"}},
			"fedora": {parse.Delivery{RoutingKey: fedoraTopic + "build.state.change", Headers: fedoraHeaders,
				Body: []byte(`{"attribute":"state","old":0,"new":1,"build_id":71,"name":"zsh","version":"5","release":"2","task":{"id":9,"method":"build","request":["git://h/p","t",` + odd + `],"children":[{"result":` + odd + `}]},"request":` + odd + `}`)},
				facts{"build.target": "t", "build.task_id": "9"}},
			"anything": {parse.Delivery{RoutingKey: "a.b", Body: []byte(odd)}, facts{"type": "Unknown"}},
		}
		for where, tt := range bodies {
			t.Run(name+"/"+where, func(t *testing.T) {
				checkFacts(t, tt.d, tt.want)
				checkRaw(t, tt.d)
			})
		}
	}
}

// checkRaw checks that the body in an event is the original body, with null for numbers that
// JSON does not support, or the text of the body.
func checkRaw(t *testing.T, d parse.Delivery) {
	t.Helper()
	e, err := parse.New(parse.Options{Raw: true}).Parse(&d)
	if err != nil {
		t.Fatal(err)
	}
	again := new(event.Event)
	if err := again.UnmarshalJSON(e.AppendJSON(nil)); err != nil {
		t.Fatalf("nobody can read the event: %v", err)
	}
	if e.Raw[0] != '"' || d.Body[0] == '"' {
		want := string(d.Body)
		if !strings.Contains(want, `"extra":"`) { // a text, which is unchanged
			want = finite(want)
		}
		if strings.ReplaceAll(string(e.Raw), " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("raw is %.300s\nwant %.300s", e.Raw, want)
		}
		return
	}
	var text string
	if err := json.Unmarshal(e.Raw, &text); err != nil || len(text) < 1000 {
		t.Errorf("raw is %.300s (%v)", e.Raw, err)
	}
}

// finite replaces NaN and infinities.
func finite(body string) string {
	for _, word := range []string{"-Infinity", "Infinity", "NaN"} {
		for _, before := range []string{":", "[", ",", " "} {
			for _, after := range []string{"]", "}", ","} {
				body = strings.ReplaceAll(body, before+word+after, before+"null"+after)
			}
		}
	}
	if body == "NaN" {
		return "null"
	}
	return body
}

// TestDepth checks that values that nest deeper than MaxDepth are ignored.
func TestDepth(t *testing.T) {
	body := `{"attribute":"state","old":"FREE","new":"OPEN","info":{"id":9,"method":"build","request":["git://h/p","t",{"scratch":[[[1]]]}]}}`
	for depth, want := range map[int]string{64: "[t true]", 5: "[t true]", 4: "[t false]", 3: "[t false]", 2: "[ false]", 1: ""} {
		e, err := parse.New(parse.Options{MaxDepth: depth}).Parse(&parse.Delivery{RoutingKey: "koji.task.open", Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if e.Task != nil {
			got = "[" + e.Task.Target().Name + " " + map[bool]string{true: "true", false: "false"}[e.Task.Scratch().Value] + "]"
		}
		if got != want {
			t.Errorf("depth %d: got %s, want %s", depth, got, want)
		}
	}
}
