package taskrequest

import "testing"

func TestTruthOf(t *testing.T) {
	for _, v := range []any{true, 1, int64(-1), 0.5, "x", "True", []any{nil}, map[string]any{"a": nil}, struct{}{}} {
		if !truthOf(v) {
			t.Errorf("%#v is false", v)
		}
	}
	for _, v := range []any{nil, false, 0, int64(0), 0.0, "", "False", "false", "0", []any{}, map[string]any{}} {
		if truthOf(v) {
			t.Errorf("%#v is true", v)
		}
	}
}
