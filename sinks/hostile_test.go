package sinks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/email"
	"github.com/kojiwatch/kojiwatch/sinks/exec"
	"github.com/kojiwatch/kojiwatch/sinks/format"
	"github.com/kojiwatch/kojiwatch/sinks/log"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// hostile holds texts that somebody might put into a build.
var hostile = map[string]string{
	"terminal":        "\x1b[31mred\x1b[0m\x1b]0;title\a \u009b31m",
	"direction":       "\u202egnp.exe\u202c \u2066x\u2069 \u061c",
	"invisible":       "a\u200bb\u200d\u2060c\ufeff\u00ad\U000e0041 @\u2060x",
	"line ends":       "a\r\nBcc: x@evil.test\r\n\r\n.\r\nb\nc\rd\u0085e\u2028f\u2029g\v\f",
	"not text":        "a\x00b\x7f\xff\xfe\xc3\xed\xa0\x80",
	"mentions":        "@everyone @here @channel @room <!channel> <!here|x> <@U1> <#C1> <@&1> a@b",
	"links":           "[x](https://evil.test) <https://evil.test|x> ![x](https://evil.test) [x]: https://evil.test",
	"code":            "`a` ```\nb``` ~~c~~ ||d|| **e** __f__ *g* _h_ # i > j - k :smile:",
	"HTML":            `<script>alert(1)</script><a href="https://evil.test">x</a> &lt; &#64;everyone "'`,
	"backslashes":     `\*a\* \<b\> \\ \@c \u202e`,
	"templates":       "{{.id}} ${PATH} $(id) %s %n",
	"encoded words":   "=?utf-8?q?=0d=0ab?= =?utf-8?b?G1szMW0=?=",
	"very long":       strings.Repeat("@long\u202e ", 2000),
	"very long alone": strings.Repeat("x", 20_000),
}

// ours is the web address of a well-behaved hub.
const ours = "https://koji.test/"

// hostileEvent returns an event with text in each of its text fields.
func hostileEvent(text, address string) *event.Event {
	e := &event.Event{Task: &koji.Task{ID: 7}, Build: &koji.Build{ID: 8}, Repo: &event.Repo{}, RPM: &event.RPM{}}
	fill(reflect.ValueOf(e).Elem(), text)
	e.Type, e.URL, e.Raw = event.TaskStateChange, address, nil
	return e
}

func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	}
}

// shown holds the texts that one formatter shows for an event.
type shown struct {
	texts  []string
	markup func(t *testing.T, text string) // fails if text has markup that is not ours
}

// TestHostileTexts checks that no sink shows people an invisible character, a control
// character or foreign markup, whatever texts an event has.
func TestHostileTexts(t *testing.T) {
	for name, text := range hostile {
		for _, address := range []string{text, ours + "?a=\u202e\u200b\u00a0", ours + "task?id=7"} {
			t.Run(name+" at "+address[:min(len(address), 40)], func(t *testing.T) {
				t.Parallel()
				for place, s := range everywhere(t, hostileEvent(text, address)) {
					if len(s.texts) == 0 {
						t.Errorf("%s shows no text", place)
					}
					for _, text := range s.texts {
						checkVisible(t, place, text)
						if s.markup != nil {
							s.markup(t, text)
						}
					}
				}
			})
		}
	}
}

// checkVisible fails if text has invisible characters. The word joiner after an @ or
// a : is ours: it breaks mentions and names of emoji.
func checkVisible(t *testing.T, place, text string) {
	t.Helper()
	text = strings.NewReplacer("@\u2060", "@", ":\u2060", ":").Replace(text)
	if !utf8.ValidString(text) {
		t.Errorf("%s shows invalid UTF-8: %.100q", place, text)
	}
	for i, r := range text {
		if !unicode.IsPrint(r) && r != '\n' {
			t.Errorf("%s shows %U after %q", place, r, text[max(0, i-20):i])
			return
		}
	}
}

// everywhere returns the texts that each sink shows for an event.
func everywhere(t *testing.T, e *event.Event) map[string]shown {
	all := map[string]shown{
		"stdout":            {lines(terminal(t, e, format.Text{}), 1), nil},
		"stdout, coloured":  {lines(regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(terminal(t, e, format.Text{Color: true}), ""), 1), nil},
		"log":               {logged(t, e), nil},
		"mail":              {mailed(t, e), nil},
		"programs":          {environment(t, e), nil},
		"binary CloudEvent": {headers(t, encoded(webhook.CloudEventsBinary), e), nil},
		"slack":             {said(t, webhook.Slack, e), slackMarkup},
		"mattermost":        {said(t, webhook.Mattermost, e), markdown("`*_[]>|~\\", mattermost)},
		"discord":           {said(t, webhook.Discord, e), markdown("`*_[]<|~\\", discord)},
		"teams":             {said(t, webhook.Teams, e), nil},
		"matrix":            {said(t, webhook.Matrix, e)[1:], unmentioned},
		"matrix, marked up": {said(t, webhook.Matrix, e)[:1], htmlMarkup},
		"ntfy":              {append(headers(t, webhook.Ntfy, e), notified(t, e)), nil},
		"own header":        {headers(t, withHeader(t), e), nil},
	}
	for function, markup := range map[string]func(*testing.T, string){"plain": nil, "link": nil, "slack": slackMarkup, "html": htmlMarkup,
		"markdown":   markdown("`*_[]<>|~\\", commonMark),
		"mattermost": markdown("`*_[]>|~\\", mattermost),
		"discord":    markdown("`*_[]<|~\\", discord),
	} {
		text := "{{" + function + " (plain .summary)}}"
		if function == "link" {
			text = "{{link .url}}."
		}
		all["template "+text] = shown{[]string{rendered(t, text, e)}, markup}
	}
	return all
}

func terminal(t *testing.T, e *event.Event, f format.Text) string {
	t.Helper()
	var out bytes.Buffer
	if err := stdout.New(&out, f.AppendLine).Send(t.Context(), []*event.Event{e}); err != nil {
		t.Error(err)
	}
	return out.String()
}

// lines splits text into lines. If their number is not want, it returns a text that
// checkVisible rejects.
func lines(text string, want int) []string {
	got := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	if len(got) != want {
		return []string{fmt.Sprintf("%d lines\x00", len(got))} // invisible, so the test fails
	}
	return got
}

func logged(t *testing.T, e *event.Event) []string {
	t.Helper()
	var out bytes.Buffer
	if err := log.New(zerolog.New(nil), &out).Send(t.Context(), []*event.Event{e}); err != nil {
		t.Error(err)
	}
	return textsOf(t, out.Bytes())
}

// textsOf returns the strings in a JSON object, ordered by the names of their members.
func textsOf(t *testing.T, object []byte) []string {
	t.Helper()
	var v any
	if err := json.Unmarshal(object, &v); err != nil {
		t.Error(err)
	}
	var texts []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case []any:
			for _, v := range v {
				walk(v)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		}
	}
	walk(v)
	return texts
}

// mailed returns the texts that a mail program shows: each header and the body.
func mailed(t *testing.T, e *event.Event) []string {
	t.Helper()
	s, err := email.New(email.Options{
		Server: "mail.test:25", From: mail.Address{Address: "koji@mail.test"}, To: []mail.Address{{Address: "you@mail.test"}}, UserAgent: "kojiwatch/test",
	})
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(s.Preview(e), "\n\n") // without the envelope
	for line := range strings.Lines(text) {
		if len(line) > 998 {
			t.Errorf("a line of the mail has %d bytes", len(line))
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{
		"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version",
		"References", "Subject", "To", "User-Agent", "X-Mailer",
	}
	texts := []string{strings.ReplaceAll(string(body), "\r\n", "\n")}
	for name, values := range m.Header {
		if !slices.Contains(known, name) || len(values) != 1 {
			t.Errorf("the mail has %s: %q", name, values)
		}
		value, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil {
			t.Error(err)
		}
		texts = append(texts, strings.TrimSuffix(value, "\n"))
	}
	return texts
}

// environment returns the variables that a program may show.
func environment(t *testing.T, e *event.Event) []string {
	t.Helper()
	facts, _, _ := strings.Cut(exec.New(exec.Config{}).Preview(e), "\n\n")
	texts := strings.Split(facts, "\n")[1:]
	for _, text := range texts {
		if !strings.HasPrefix(text, "KOJIWATCH_") {
			t.Errorf("not a fact: %q", text)
		}
	}
	return texts
}

func message(t *testing.T, form webhook.Form, e *event.Event) webhook.Message {
	t.Helper()
	m, err := form([]*event.Event{e})
	if err != nil {
		t.Error(err)
	}
	return m
}

// said returns the texts of a chat message.
func said(t *testing.T, form webhook.Form, e *event.Event) []string {
	t.Helper()
	m := message(t, form, e)
	if len(m.Body) > 4000 {
		t.Errorf("a chat message has %d bytes", len(m.Body))
	}
	return slices.DeleteFunc(textsOf(t, m.Body), func(text string) bool { return text == "http://adaptivecards.io/schemas/adaptive-card.json" })
}

func notified(t *testing.T, e *event.Event) string {
	t.Helper()
	m := message(t, webhook.Ntfy, e)
	return lines(string(m.Body), 1)[0]
}

// headers returns the values of a message's headers, as ntfy decodes them.
func headers(t *testing.T, form webhook.Form, e *event.Event) []string {
	t.Helper()
	var texts []string
	for name, values := range message(t, form, e).Header {
		value, err := new(mime.WordDecoder).DecodeHeader(values[0])
		if err != nil || len(values) != 1 || len(values[0]) > 1<<20 {
			t.Errorf("%s: %d values, %v", name, len(values), err)
		}
		texts = append(texts, lines(value, 1)...)
	}
	return texts
}

// encoded returns form with headers that are not decoded as RFC 2047 encoded words.
func encoded(form webhook.Form) webhook.Form {
	return func(events []*event.Event) (webhook.Message, error) {
		m, err := form(events)
		for _, values := range m.Header {
			values[0] = strings.ReplaceAll(values[0], "=?", "")
		}
		return m, err
	}
}

// withHeader returns a form with a header that a template renders from an event.
func withHeader(t *testing.T) webhook.Form {
	t.Helper()
	line, err := render.Parse("header", "{{.summary}} {{.topic}}\n{{.task.owner.name}}")
	if err != nil {
		t.Fatal(err)
	}
	return func(events []*event.Event) (webhook.Message, error) {
		text, err := line.Line(events[0])
		return webhook.Message{Header: http.Header{"X-Own": {text}}}, err
	}
}

func rendered(t *testing.T, text string, e *event.Event) string {
	t.Helper()
	parsed, err := render.Parse("body", text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := parsed.Render(e)
	if err != nil && !strings.Contains(err.Error(), "more than 1 MiB") {
		t.Error(err)
	}
	return string(out)
}

var (
	slackLink    = regexp.MustCompile(`<` + ours + `[^<>|]*\|([^<>]*)>`)
	markdownLink = regexp.MustCompile(`^\[(.*)\]\(` + ours + `[^()]*\)$`)
	htmlLink     = regexp.MustCompile(`<a href="` + ours + `[^"]*">([^<>]*)</a>`)
	escaped      = regexp.MustCompile("\\\\[\\\\`*_{}\\[\\]<>()#+\\-!|~:]")
)

func slackMarkup(t *testing.T, text string) {
	t.Helper()
	if rest := slackLink.ReplaceAllString(text, "$1"); strings.ContainsAny(rest, "<>`") {
		t.Errorf("markup for Slack: %q", rest)
	}
}

// markdown returns a check for a dialect of Markdown. It fails if a special character is
// not escaped, if a character is escaped that the dialect does not allow to be escaped,
// or if a mention is not broken.
func markdown(special, escapable string) func(t *testing.T, text string) {
	return func(t *testing.T, text string) {
		t.Helper()
		unmentioned(t, text)
		text = strings.TrimPrefix(text, "❌ ")
		for _, found := range escaped.FindAllString(text, -1) {
			if !strings.Contains(escapable, found[1:]) {
				t.Errorf("%q shows its backslash in %q", found, text)
			}
		}
		rest := markdownLink.ReplaceAllString(escaped.ReplaceAllString(text, ""), "$1")
		if strings.ContainsAny(rest, special) {
			t.Errorf("Markdown: %q", rest)
		}
	}
}

// The characters that a backslash escapes.
const (
	commonMark = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	mattermost = "\\`*{}[]()#+-.!_>~|" // of Mattermost's fork of marked
	discord    = "\\`*_~|[]<#>-+"      // the last four at the beginning of a line
)

// unmentioned fails if a mention is not broken.
func unmentioned(t *testing.T, text string) {
	t.Helper()
	if strings.Count(text, "@") != strings.Count(text, "@\u2060") {
		t.Errorf("a mention: %q", text)
	}
}

func htmlMarkup(t *testing.T, text string) {
	t.Helper()
	rest := htmlLink.ReplaceAllString(text, "$1")
	unmentioned(t, text)
	if strings.ContainsAny(rest, `<>"'`) {
		t.Errorf("HTML: %q", rest)
	}
}
