package kojiwire

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// scalarOf converts a decoded value to a Scalar; lists and records become null.
func scalarOf(v any) Scalar {
	switch v := v.(type) {
	case bool:
		return Bool(v)
	case int64:
		return Int(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return Int(n)
		}
		f, _ := v.Float64()
		return Float(f)
	case string:
		return Text([]byte(v))
	}
	return Null()
}

// setAll calls set for the fields of a JSON record, in an order or its reverse: the result
// must not depend on the order.
func setAll[T any](t testing.TB, record string, backwards bool, into *T, set func(into *T, field []byte, v Scalar)) {
	t.Helper()
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(record))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		t.Fatalf("%s: %v", record, err)
	}
	names := slices.Sorted(maps.Keys(fields))
	if backwards {
		slices.Reverse(names)
	}
	for _, name := range names {
		if list, ok := fields[name].([]any); ok {
			for _, v := range list {
				set(into, []byte(name), scalarOf(v))
			}
			continue
		}
		set(into, []byte(name), scalarOf(fields[name]))
	}
}

// bothWays runs a test with fields in both orders.
func bothWays(t *testing.T, test func(t *testing.T, backwards bool)) {
	t.Helper()
	t.Run("fields in order", func(t *testing.T) { test(t, false) })
	t.Run("fields backwards", func(t *testing.T) { test(t, true) })
}

func utc(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}
