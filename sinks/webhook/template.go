package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	_ "embed"

	"github.com/kojiwatch/kojiwatch/event"
)

// maxRendered bounds what a template may make of one event, in bytes.
const maxRendered = 1 << 20

// shapeJSON is an event with every field there is. It gives a template's data its
// shape.
//
//go:embed shape.json
var shapeJSON []byte

// Template returns the form that a text/template makes of an event. The name is
// for errors, such as the path of its file. The data are the event's JSON; what an
// event lacks is empty text, so a name that is wrong is found here and not with
// the first event.
func Template(name, text, contentType string) (Form, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(functions()).Parse(text)
	if err != nil {
		return nil, err
	}
	for _, typ := range event.Types() {
		sample := &event.Event{ID: "sample", Type: typ, Dialect: event.NoDialect}
		if _, err := render(t, sample); err != nil {
			return nil, fmt.Errorf("for an event of type %s: %w", typ, err)
		}
	}
	return func(events []*event.Event) (Message, error) {
		body, err := render(t, events[0])
		return Message{ContentType: contentType, Body: body}, err
	}, nil
}

func render(t *template.Template, e *event.Event) ([]byte, error) {
	data, err := dataOf(e)
	if err != nil {
		return nil, err
	}
	out := &bounded{left: maxRendered}
	if err := t.Execute(out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// dataOf is an event as its JSON, with every field there is.
func dataOf(e *event.Event) (map[string]any, error) {
	shape, err := decode(shapeJSON)
	if err != nil {
		return nil, fmt.Errorf("the shape of events: %w", err)
	}
	own, err := decode(e.AppendJSON(nil))
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID, err)
	}
	return fill(shape, own), nil
}

func decode(text []byte) (map[string]any, error) {
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // ids have more digits than a float64 shows
	return m, d.Decode(&m)
}

// fill gives own what it lacks of a shape: empty objects and empty text.
func fill(shape, own map[string]any) map[string]any {
	if own == nil {
		own = map[string]any{}
	}
	for name, v := range shape {
		inner, isObject := v.(map[string]any)
		switch {
		case isObject && name != "raw":
			has, _ := own[name].(map[string]any)
			own[name] = fill(inner, has)
		case own[name] == nil:
			own[name] = ""
		}
	}
	return own
}

var errTooLong = errors.New("the template makes more than 1 MiB of it")

// bounded is a buffer that refuses to grow beyond measure.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errTooLong
	}
	return b.Buffer.Write(p)
}

// functions are what templates may call; docs/sinks.md lists them.
func functions() template.FuncMap {
	return template.FuncMap{
		"json":     func(v any) (string, error) { text, err := json.Marshal(v); return string(text), err },
		"upper":    func(v any) string { return strings.ToUpper(fmt.Sprint(v)) },
		"lower":    func(v any) string { return strings.ToLower(fmt.Sprint(v)) },
		"truncate": func(n int, v any) string { return truncate(fmt.Sprint(v), n) },
		"duration": duration,
		"ago":      func(v any) string { return ago(v, time.Now()) },
		"slack":    func(v any) string { return escapeSlack(fmt.Sprint(v)) },
		"markdown": func(v any) string { return escapeMarkdown(fmt.Sprint(v)) },
		"html":     func(v any) string { return html.EscapeString(fmt.Sprint(v)) },
	}
}

// truncate cuts a text to n characters, of which the last shows that it was cut.
func truncate(text string, n int) string {
	if n < 1 || utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// duration writes a number of seconds as 1h2m3s; other values stay as they are.
func duration(v any) string {
	number, ok := v.(json.Number)
	if !ok {
		return fmt.Sprint(v)
	}
	seconds, err := number.Float64()
	if err != nil {
		return number.String()
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second).String()
}

// ago is how long ago a time of the event is; other values are empty.
func ago(v any, now time.Time) string {
	at, err := time.Parse(time.RFC3339Nano, fmt.Sprint(v))
	if err != nil {
		return ""
	}
	return now.Sub(at).Round(time.Second).String()
}
