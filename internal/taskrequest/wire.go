package taskrequest

import (
	"math"
	"strconv"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The functions here read decoded values of requests and results. A value of another type
// counts as missing.

// textOf returns a text.
func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// labelOf returns a text, or a number as text, because users may write a version without
// quotes.
func labelOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if n, ok := intOf(v); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// intOf returns a whole number.
func intOf(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<63 {
			return int64(v), true
		}
	}
	return 0, false
}

// idOf returns an id, which may also be a text of digits. Koji's ids start at 1.
func idOf(v any) int64 {
	n, ok := intOf(v)
	if s, isText := v.(string); isText {
		var err error
		n, err = strconv.ParseInt(s, 10, 64)
		ok = err == nil
	}
	if !ok || n < 1 {
		return 0
	}
	return n
}

// truthOf is Python's bool, except that it also accepts the texts for false that bridges
// send.
func truthOf(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != "" && v != "False" && v != "false" && v != "0"
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	n, ok := intOf(v)
	return !ok || n != 0
}

// refOf returns the object that an id, a name or a record names.
func refOf(v any) koji.Ref {
	switch v := v.(type) {
	case string:
		return koji.Ref{Name: v}
	case map[string]any:
		return koji.Ref{ID: idOf(v["id"]), Name: textOf(v["name"])}
	}
	return koji.Ref{ID: idOf(v)}
}

// archesOf returns a list of arches, which may also be a text that separates them.
func archesOf(v any) []string {
	switch v := v.(type) {
	case string:
		return koji.SplitArches(v)
	case []any:
		return textsOf(v)
	}
	return nil
}

// textsOf returns the texts of a list.
func textsOf(list []any) []string {
	texts := make([]string, 0, len(list))
	for _, v := range list {
		if s, ok := v.(string); ok && s != "" {
			texts = append(texts, s)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}
