package taskrequest

import (
	"encoding/json"
	"reflect"
	"testing"
)

// TestSkipsNoParameter checks that no parameter or option of a signature is skipped.
func TestSkipsNoParameter(t *testing.T) {
	var check func(method string, params []parameter)
	check = func(method string, params []parameter) {
		for _, p := range params {
			if Skips([]byte(p.name)) {
				t.Errorf("%s: %s is a parameter", method, p.name)
			}
			check(method, p.members)
		}
	}
	for name, m := range methods {
		for _, s := range m.signatures {
			check(name, s.params)
		}
	}
}

// TestSkipsChangesNothing checks that skipping members does not change the result for recorded
// requests.
func TestSkipsChangesNothing(t *testing.T) {
	skipped := 0
	var prune func(v any) any
	prune = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			kept := make(map[string]any, len(v))
			for name, item := range v {
				if Skips([]byte(name)) {
					skipped++
					continue
				}
				kept[name] = prune(item)
			}
			return kept
		case []any:
			kept := make([]any, len(v))
			for i, item := range v {
				kept[i] = prune(item)
			}
			return kept
		}
		return v
	}
	for _, r := range readJSONLines[recordedRequest](t, "requests.jsonl") {
		var params []any
		if err := json.Unmarshal(r.Request, &params); err != nil {
			continue // a request that was not a list
		}
		full := Parse(r.Method, params)
		pruned, _ := prune(params).([]any)
		if got := Parse(r.Method, pruned); !reflect.DeepEqual(got, full) {
			t.Errorf("%s: got %+v, want %+v", r.Method, got, full)
		}
	}
	if skipped == 0 {
		t.Error("nothing was skipped, so nothing was tested")
	}
}
