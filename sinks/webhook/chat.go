package webhook

import (
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// lines returns the lines of a digest in the markup of a target.
func lines(events []*event.Event, escape func(string) string, link func(text, address string) string) string {
	d := format.DigestOf(events)
	return d.Text(escape, link)
}

func markdownLink(text, address string) string { return "[" + text + "](" + address + ")" }

func asJSON(v any) (Message, error) {
	body, err := json.Marshal(v)
	return Message{ContentType: "application/json", Body: body}, err
}

// Slack makes a message for an incoming webhook of Slack. It turns mrkdwn off: links still
// work, but pairs of ~, _ and * in NVRs are not taken for formatting.
func Slack(events []*event.Event) (Message, error) {
	text := lines(events, format.Slack, func(text, address string) string { return "<" + format.Slack(address) + "|" + text + ">" })
	return asJSON(map[string]any{"text": text, "mrkdwn": false, "unfurl_links": false})
}

// Mattermost makes a message for an incoming webhook of Mattermost.
func Mattermost(events []*event.Event) (Message, error) {
	return asJSON(map[string]any{"text": lines(events, format.Mattermost, markdownLink)})
}

// Discord makes a message for a webhook of Discord, with mentions disabled.
func Discord(events []*event.Event) (Message, error) {
	const suppressEmbeds = 1 << 2
	return asJSON(map[string]any{
		"content":          lines(events, format.Discord, markdownLink),
		"allowed_mentions": map[string]any{"parse": []string{}},
		"flags":            suppressEmbeds,
	})
}

// Matrix makes a message for a generic webhook of matrix-hookshot.
func Matrix(events []*event.Event) (Message, error) {
	marked := lines(events, format.HTML, func(text, address string) string {
		return `<a href="` + html.EscapeString(address) + `">` + text + "</a>"
	})
	return asJSON(map[string]any{
		"text": lines(events, format.Unmention, func(text, address string) string { return text + " " + address }),
		"html": strings.ReplaceAll(marked, "\n", "<br>"),
	})
}

// Teams makes an Adaptive Card for a workflow of Microsoft Teams. It uses text runs, which
// unlike text blocks have no markup, so nothing needs escaping.
func Teams(events []*event.Event) (Message, error) {
	d := format.DigestOf(events)
	var blocks []any
	for _, l := range d.Lines {
		run := map[string]any{"type": "TextRun", "text": l.Text}
		if l.Link != "" {
			run["selectAction"] = map[string]any{"type": "Action.OpenUrl", "url": l.Link}
		}
		runs := []any{run}
		if l.Bad {
			runs = []any{textRun("❌ "), run}
		}
		blocks = append(blocks, richText(runs...))
	}
	if d.More > 0 {
		blocks = append(blocks, richText(textRun(format.More(d.More))))
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

func richText(runs ...any) any { return map[string]any{"type": "RichTextBlock", "inlines": runs} }

func textRun(text string) any { return map[string]any{"type": "TextRun", "text": text} }

// Ntfy makes a message for a topic of ntfy. Failures have high priority.
func Ntfy(events []*event.Event) (Message, error) {
	notes := format.DigestOf(events).Lines
	h := http.Header{"Title": {mime.QEncoding.Encode("utf-8", title(events))}}
	if len(events) == 1 && notes[0].Link != "" {
		h.Set("Click", notes[0].Link)
	}
	for _, n := range notes {
		if n.Bad {
			h.Set("Priority", "high")
		}
	}
	itself := func(text string) string { return text }
	body := lines(events, itself, func(text, _ string) string { return text })
	return Message{ContentType: "text/plain; charset=utf-8", Header: h, Body: []byte(body)}, nil
}

// title returns the title of a message: the instance, and the type or number of events.
func title(events []*event.Event) string {
	instance := format.Truncate(format.Header(events[0].Instance, 200), 40)
	if instance == "" {
		instance = "Koji"
	}
	if len(events) > 1 {
		return fmt.Sprintf("%s: %d events", instance, len(events))
	}
	return instance + ": " + string(events[0].Type)
}
