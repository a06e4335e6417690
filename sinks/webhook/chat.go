package webhook

import (
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Bounds of a message for people, so that the smallest target takes it: Discord
// has 2,000 characters.
const (
	maxLines   = 8
	maxText    = 120  // characters of one line's sentence
	maxLink    = 250  // bytes of one line's link
	maxMessage = 1800 // bytes of all lines
)

// note is one line of a message for people.
type note struct {
	text string // one plain sentence, not escaped
	link string // an http or https address, or empty
	bad  bool   // something failed
}

// notesOf are the lines of a message, and how many events are left to a last
// line.
func notesOf(events []*event.Event) (notes []note, more int) {
	shown := events[:min(len(events), maxLines)]
	for _, e := range shown {
		text := e.Summary
		if text == "" {
			text = string(e.Type) + " " + e.Topic
		}
		notes = append(notes, note{
			text: truncate(plain(text), maxText), link: safeLink(e.URL), bad: e.New == "FAILED",
		})
	}
	return notes, len(events) - len(shown)
}

// plain shows what is invisible, but leaves a backslash one.
func plain(text string) string {
	return strings.ReplaceAll(string(format.AppendVisible(nil, text)), `\\`, `\`)
}

// safeLink is an address that can stand in any markup, or nothing.
func safeLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || len(address) > maxLink || strings.ContainsAny(address, "<>()[]|\\\"'` ") {
		return ""
	}
	return u.String()
}

// lines writes each note in the markup of a target, and a last line for the rest.
func lines(events []*event.Event, escape func(string) string, link func(text, address string) string) string {
	notes, more := notesOf(events)
	var all []string
	size := 0
	for i, n := range notes {
		line := escape(n.text)
		if n.link != "" {
			line = link(line, n.link)
		}
		if n.bad {
			line = "❌ " + line
		}
		if size += len(line); size > maxMessage && i > 0 {
			more += len(notes) - i
			break
		}
		all = append(all, line)
	}
	if more > 0 {
		all = append(all, fmt.Sprintf("and %d more like this", more))
	}
	return strings.Join(all, "\n")
}

// escapeSlack escapes for Slack's mrkdwn, in which <!channel> and <@user> are
// mentions.
func escapeSlack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// escapeMarkdown escapes for Markdown, and breaks mentions: an @ is followed by
// a word joiner.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|~:", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if r == '@' {
			b.WriteRune('\u2060')
		}
	}
	return b.String()
}

func markdownLink(text, address string) string { return "[" + text + "](" + address + ")" }

func asJSON(v any) (Message, error) {
	body, err := json.Marshal(v)
	return Message{ContentType: "application/json", Body: body}, err
}

// Slack is a message for an incoming webhook of Slack.
func Slack(events []*event.Event) (Message, error) {
	text := lines(events, escapeSlack, func(text, address string) string { return "<" + escapeSlack(address) + "|" + text + ">" })
	return asJSON(map[string]any{"text": text, "unfurl_links": false})
}

// Mattermost is a message for an incoming webhook of Mattermost.
func Mattermost(events []*event.Event) (Message, error) {
	return asJSON(map[string]any{"text": lines(events, escapeMarkdown, markdownLink)})
}

// Discord is a message for a webhook of Discord that mentions nobody.
func Discord(events []*event.Event) (Message, error) {
	const suppressEmbeds = 1 << 2
	return asJSON(map[string]any{
		"content":          lines(events, escapeMarkdown, markdownLink),
		"allowed_mentions": map[string]any{"parse": []string{}},
		"flags":            suppressEmbeds,
	})
}

// Matrix is a message for a generic webhook of matrix-hookshot.
func Matrix(events []*event.Event) (Message, error) {
	itself := func(text string) string { return text }
	marked := lines(events, html.EscapeString, func(text, address string) string {
		return `<a href="` + html.EscapeString(address) + `">` + text + "</a>"
	})
	return asJSON(map[string]any{
		"text": lines(events, itself, func(text, address string) string { return text + " " + address }),
		"html": strings.ReplaceAll(marked, "\n", "<br>"),
	})
}

// Teams is an Adaptive Card for a workflow of Microsoft Teams.
func Teams(events []*event.Event) (Message, error) {
	var blocks []any
	for line := range strings.SplitSeq(lines(events, escapeMarkdown, markdownLink), "\n") {
		blocks = append(blocks, map[string]any{"type": "TextBlock", "text": line, "wrap": true})
	}
	return asJSON(map[string]any{
		"type": "message",
		"attachments": []any{map[string]any{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content": map[string]any{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": blocks,
			},
		}},
	})
}

// Ntfy is a message for a topic of ntfy. What failed is urgent.
func Ntfy(events []*event.Event) (Message, error) {
	notes, _ := notesOf(events)
	h := http.Header{"Title": {mime.QEncoding.Encode("utf-8", title(events))}}
	if len(events) == 1 && notes[0].link != "" {
		h.Set("Click", notes[0].link)
	}
	for _, n := range notes {
		if n.bad {
			h.Set("Priority", "high")
		}
	}
	itself := func(text string) string { return text }
	body := lines(events, itself, func(text, _ string) string { return text })
	return Message{ContentType: "text/plain; charset=utf-8", Header: h, Body: []byte(body)}, nil
}

// title is one or two words for a message.
func title(events []*event.Event) string {
	instance := truncate(plain(events[0].Instance), 40)
	if instance == "" {
		instance = "Koji"
	}
	if len(events) > 1 {
		return fmt.Sprintf("%s: %d events", instance, len(events))
	}
	return instance + ": " + string(events[0].Type)
}
