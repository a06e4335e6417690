package taskrequest

import (
	"math"
	"strconv"

	"github.com/kojiwatch/kojiwatch/koji"
)

// The functions here read the decoded values of requests and results. A value
// of another kind than the one asked for counts as absent.

// textOf returns a text.
func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// labelOf returns a text, or the text of a number where somebody wrote a
// version without quotes.
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

// idOf returns an id, which may also be written in digits. Koji's ids begin at 1.
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

// truthOf tells true from false as Python does, but for the texts by which
// bridges say false.
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

// refOf returns what an id, a name or a record names.
func refOf(v any) koji.Ref {
	switch v := v.(type) {
	case string:
		return koji.Ref{Name: v}
	case map[string]any:
		return koji.Ref{ID: idOf(v["id"]), Name: textOf(v["name"])}
	}
	return koji.Ref{ID: idOf(v)}
}

// archesOf returns a list of arches or the parts of a text with spaces.
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
