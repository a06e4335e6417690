package python

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// The functions in this file treat decoded values like Python.

// Truth is Python's bool(v).
func Truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	case []byte:
		return len(v) > 0
	}
	return true
}

// TypeName is Python's type(v).__name__.
func TypeName(v any) string {
	switch v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	case []byte:
		return "bytes"
	}
	return "object"
}

// Repr is Python's repr(v).
func Repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatRepr(v)
	case string:
		return Quote(v)
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = Repr(e)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		items := make([]string, 0, len(v))
		for _, k := range sortedKeys(v) {
			items = append(items, Quote(k)+": "+Repr(v[k]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case time.Time:
		return timeRepr(v)
	case xmlrpc.DateTime:
		return "<DateTime " + Quote(string(v)) + ">"
	}
	return fmt.Sprintf("<%s>", TypeName(v))
}

// Str is Python's str(v).
func Str(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return Repr(v)
}

func timeRepr(t time.Time) string {
	if t.IsZero() {
		return "None"
	}
	t = t.UTC()
	return fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d, %d, %d, tzinfo=datetime.timezone.utc)",
		t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000)
}

func floatRepr(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e16 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// Quote is Python's repr of a string.
func Quote(s string) string {
	q := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		q = `"`
	}
	r := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	s = r.Replace(s)
	if q == "'" {
		s = strings.ReplaceAll(s, "'", `\'`)
	}
	return q + s + q
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// OrNil returns v, or nil for the zero value.
func OrNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// Deref returns the value p points to, or nil for a nil pointer.
func Deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// Int is Python's int of a string.
func Int(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0, BuiltinError("ValueError", "invalid literal for int() with base 10: %s", Quote(text))
	}
	return n, nil
}

// Number converts a whole number decoded from XML-RPC or JSON.
func Number(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), n == math.Trunc(n)
	}
	return 0, false
}
