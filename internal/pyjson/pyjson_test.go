package pyjson

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestStrict(t *testing.T) {
	tests := map[string]string{
		`{"a": NaN}`:                            `{"a": null}`,
		`[NaN,Infinity,-Infinity,-NaN]`:         `[null,null,null,null]`,
		`NaN`:                                   `null`,
		`{"NaN": "Infinity, \" NaN", "b": NaN}`: `{"NaN": "Infinity, \" NaN", "b": null}`,
		`["\\",NaN,NaN,NaN,NaN,Infinity]`:       `["\\",null,null,null,null,null]`,
		`[-1, -Infinity]`:                       `[-1, null]`,
	}
	for text, want := range tests {
		if got, changed := Strict([]byte(text)); string(got) != want || !changed {
			t.Errorf("%s: got %s, %v", text, got, changed)
		}
	}
	for _, text := range []string{``, `{"a": 1}`, `{"NaN": "-Infinity"}`, `[nan, inf]`, `"NaN`, `"\`} {
		if got, changed := Strict([]byte(text)); string(got) != text || changed {
			t.Errorf("%s: got %s, %v", text, got, changed)
		}
	}
}

func TestShallow(t *testing.T) {
	tests := []struct {
		text  string
		depth int
		want  string
	}{
		{`{"a":[1,{"b":2}],"c":[[]]}`, 3, `{"a":[1,{"b":2}],"c":[[]]}`},
		{`{"a":[1,{"b":2}],"c":[[]]}`, 2, `{"a":[1,null],"c":[null]}`},
		{`{"a":[1,{"b":2}],"c":[[]]}`, 1, `{"a":null,"c":null}`},
		{`{"a":"[[[{\"","c":[[]]}`, 1, `{"a":"[[[{\"","c":null}`},
		{`[[[1]`, 1, `[[[1]`},
		{`]]]][[[1]]]`, 2, `]]]][[[1]]]`},
	}
	for _, tt := range tests {
		if got := Shallow([]byte(tt.text), tt.depth); string(got) != tt.want {
			t.Errorf("%s, %d deep: got %s", tt.text, tt.depth, got)
		}
	}
	const levels = 4 << 20
	deep := `{"a":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `,"b":1}`
	if got := Shallow([]byte(deep), 64); Deeper(got, 64) || !json.Valid(got) {
		t.Errorf("%.200s", got)
	}
}

// FuzzSound checks that Strict does not change valid JSON and is idempotent, and that
// Shallow keeps JSON valid and limits its depth.
func FuzzSound(f *testing.F) {
	f.Add(`{"a":[1,{"b":"NaN"}]}`, 2)
	f.Add(`[NaN,-Infinity,"\"",[[]]]`, 1)
	f.Fuzz(func(t *testing.T, text string, depth int) {
		depth = min(max(depth, 1), 100)
		valid := json.Valid([]byte(text))
		strict, changed := Strict([]byte(text))
		if valid && changed {
			t.Errorf("%q was JSON and became %q", text, strict)
		}
		if again, changed := Strict(strict); changed {
			t.Errorf("%q became %q and then %q", text, strict, again)
		}
		shallow := Shallow([]byte(text), depth)
		if valid && (!json.Valid(shallow) || Deeper(shallow, depth)) {
			t.Errorf("%q became %q", text, shallow)
		}
	})
}
