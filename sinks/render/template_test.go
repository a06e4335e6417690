package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

func rendered(t *testing.T, text string, e *event.Event) string {
	t.Helper()
	parsed, err := Parse("body.tmpl", text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parsed.Render(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestRender(t *testing.T) {
	e := &event.Event{
		ID: "1", Summary: "a long one", URL: "https://koji.test/?a=1",
		Task: &koji.Task{ID: 12345678901, Request: koji.Request{Arches: []string{"x86_64", "s390x"}}},
	}
	for name, tt := range map[string]struct{ text, want string }{
		"an id in full":        {`{{.task.id}}`, "12345678901"},
		"what is unknown":      {`[{{.build.nvr}}{{.estimate.basis}}]`, "[]"},
		"in a condition":       {`{{if .task.owner.name}}by {{.task.owner.name}}{{end}}.`, "."},
		"functions in a row":   {`{{.summary | truncate 5 | upper}}`, "A LO…"},
		"a loop":               {`{{range .task.arches}}{{.}} {{end}}`, "x86_64 s390x "},
		"the event in a loop":  {`{{range .task.arches}}{{$.id}}{{end}}`, "11"},
		"its own template":     {`{{define "x"}}<{{.}}>{{end}}{{template "x" .id}}`, "<1>"},
		"numbers compared":     {`{{if gt (number .task.id) 7.0}}big{{end}}`, "big"},
		"a link":               {`{{link .url}}{{link "javascript:x"}}`, "https://koji.test/?a=1"},
		"quoted for JSON":      {`{{json "\""}}`, `"\""`},
		"printf":               {`{{printf "%05.1f" (number .task.id)}}`, "12345678901.0"},
		"an age that is not":   {`{{age .received_at}}{{ago .received_at}}`, ""},
		"control characters":   {`{{plain "a\x1b"}}`, `a\x1b`},
		"escaped for a target": {`{{slack "<"}}{{markdown "_"}}{{html "<"}}{{urlquery "/"}}`, `&lt;\_&lt;%2F`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := rendered(t, tt.text, e); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestMistakes checks that Parse reports mistakes in a template with their position, and
// suggests a name where it can.
func TestMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"no such field":            {"a\n{{.tsak.id}}", "body.tmpl:2:7: there is no .tsak; did you mean task?"},
		"no such inner field":      {"{{.task.idd}}", "there is no .task.idd; did you mean id?"},
		"in a branch nobody takes": {`{{if eq .type "Never"}}{{.task.methd}}{{end}}`, "no .task.methd; did you mean method?"},
		"in an argument":           {`{{if and .id (not .smmary)}}{{end}}`, "did you mean summary?"},
		"from the event on":        {`{{with .task}}{{$.bild.id}}{{end}}`, "did you mean build?"},
		"in another dot":           {`{{with .task}}{{.ownr}}{{end}}`, `no entry for key "ownr"; did you mean owner?`},
		"no such function":         {"{{.id | truncat 5}}", `function "truncat" not defined; did you mean truncate?`},
		"nothing near":             {"{{.id | shout_it_out}}", `function "shout_it_out" not defined`},
		"unclosed":                 {"{{if .id}}", "unexpected EOF"},
		"a text as an object":      {"{{.id.x}}", "for an event of type"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse("body.tmpl", tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestBounds checks that the time and memory of a template are bounded.
func TestBounds(t *testing.T) {
	long := `{{define "x"}}` + strings.Repeat("x", 1000) + `{{end}}`
	for name, text := range map[string]string{
		"too much":              long + strings.Repeat(`{{template "x"}}`, 1100),
		"a text that doubles":   `{{$x := "xx"}}{{range 64}}{{$x = printf "%s%s" $x $x}}{{end}}`,
		"one that triples":      `{{$x := "xx"}}{{range 64}}{{$x = print $x $x $x}}{{end}}`,
		"escapes of escapes":    `{{$x := "\\"}}{{range 64}}{{$x = js $x}}{{end}}`,
		"a format that repeats": `{{$x := printf "%10000d" 1}}{{printf "` + strings.Repeat("%[1]s", 200) + `" $x}}`,
		"a loop in a loop":      `{{range 100000}}{{range 100000}}{{end}}{{end}}`,
		"a loop in a branch":    `{{if .id}}{{else}}{{end}}{{with .id}}{{range 1000000000}}{{end}}{{end}}`,
		"a call of itself":      `{{define "x"}}{{template "x"}}{{template "x"}}{{end}}{{template "x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			// With synctest no time passes, however busy the machine is.
			synctest.Test(t, func(t *testing.T) {
				if _, err := Parse("body.tmpl", text); err == nil || errors.Is(err, ErrSlow) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// TestSlow checks that a template that runs out of time returns ErrSlow.
func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parsed, err := Parse("body.tmpl", `{{range 3}}x{{end}}`)
		if err != nil {
			t.Fatal(err)
		}
		r := parsed.runs.Get().(*run)
		r.limiter.begin()
		time.Sleep(maxTime + 1)
		if err := r.template.Execute(new(bytes.Buffer), object{}); !errors.Is(err, ErrSlow) {
			t.Errorf("got %v", err)
		}
	})
}

// TestManyAtOnce checks that concurrent executions do not share a limit of steps.
func TestManyAtOnce(t *testing.T) {
	parsed, err := Parse("body.tmpl", `{{if eq .id "1"}}{{range 30000}}{{end}}{{end}}`)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for range 8 {
		go func() {
			_, err := parsed.Render(&event.Event{ID: "1"})
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestFunctions(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for got, want := range map[string]string{
		duration(json.Number("724.4")):   "12m4s",
		duration(""):                     "",
		age("2026-11-22T07:31:00Z", now): "29m0s",
		age("", now):                     "",
		ago("2026-11-22T07:31:00Z", now): "29m0s ago",
		ago("2026-11-22T08:31:00Z", now): "in 31m0s",
		ago("", now):                     "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
