package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// functions returns our own functions of templates, which docs/sinks.md lists, and bounded
// replacements for Go's own functions that produce text.
func functions(m *limiter) template.FuncMap {
	// of adapts a function from text to text for templates.
	of := func(f func(string) string) func(any) (string, error) {
		return func(v any) (string, error) { return m.text(f(fmt.Sprint(v))) }
	}
	return template.FuncMap{
		"json":       func(v any) (string, error) { return m.json(v) },
		"upper":      of(strings.ToUpper),
		"lower":      of(strings.ToLower),
		"truncate":   func(n int, v any) (string, error) { return m.text(format.Truncate(fmt.Sprint(v), n)) },
		"number":     number,
		"duration":   duration,
		"age":        func(v any) string { return age(v, time.Now()) },
		"ago":        func(v any) string { return ago(v, time.Now()) },
		"link":       of(format.Link),
		"plain":      of(format.Plain),
		"slack":      of(format.Slack),
		"markdown":   of(format.Markdown),
		"mattermost": of(format.Mattermost),
		"discord":    of(format.Discord),
		"html":       of(format.HTML),

		"js":         of(template.JSEscapeString),
		"urlquery":   of(url.QueryEscape),
		"print":      func(args ...any) (string, error) { return m.text(fmt.Sprint(args...)) },
		"println":    func(args ...any) (string, error) { return m.text(fmt.Sprintln(args...)) },
		"printf":     m.printf,
		stepFunction: m.step,
	}
}

// functionNames returns the names of all functions, to suggest one for a misspelt name.
func functionNames() []string {
	own := slices.DeleteFunc(slices.Collect(maps.Keys(functions(nil))), func(name string) bool { return name == stepFunction })
	return append(own, "and", "call", "eq", "ge", "gt", "index", "le", "len", "lt", "ne", "not", "or", "slice")
}

func (m *limiter) json(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return m.text(string(text))
}

// number converts a number of the event to one that templates can compare; 0 for other
// values.
func number(v any) float64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	f, _ := n.Float64() // infinite if out of range
	return f
}

// duration formats a number of seconds as 1h2m3s; it returns other values unchanged.
func duration(v any) string {
	if _, ok := v.(json.Number); !ok {
		return fmt.Sprint(v)
	}
	return time.Duration(number(v) * float64(time.Second)).Round(time.Second).String()
}

// age returns how long ago a time of the event was, "" for other values.
func age(v any, now time.Time) string {
	d, ok := since(v, now)
	if !ok {
		return ""
	}
	return d.String()
}

// ago returns the age as a phrase: "5m0s ago", or "in 5m0s".
func ago(v any, now time.Time) string {
	switch d, ok := since(v, now); {
	case !ok:
		return ""
	case d < 0:
		return "in " + (-d).String()
	default:
		return d.String() + " ago"
	}
}

func since(v any, now time.Time) (time.Duration, bool) {
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(v))
	return now.Sub(at).Round(time.Second), err == nil
}
