package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/demo"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// slackLink matches a link in a message for Slack.
var slackLink = regexp.MustCompile(`<[^|>]*\|([^>]*)>`)

// chat draws the messages of a Slack sink, with types BuildStateChange and Tag, about the
// demo's first builds.
func chat() (string, error) {
	var played bytes.Buffer
	streams := cliutil.Streams{Out: &played, Err: io.Discard}
	if err := demo.Play(context.Background(), streams, demo.Options{Format: cliutil.FormatJSON}); err != nil {
		return "", err
	}
	const messages, messageHeight = 5, 50
	var b strings.Builder
	n := 0
	for line := range bytes.Lines(played.Bytes()) {
		var e event.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return "", err
		}
		if n == messages || e.Type != event.BuildStateChange && e.Type != event.Tag {
			continue
		}
		text, err := slackText(&e)
		if err != nil {
			return "", err
		}
		y := titleHeight + 20 + messageHeight*n
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="34" height="34" rx="6" fill="#2f6feb"/><text x="%d" y="%d" fill="#ffffff" font-weight="bold">K</text>
<text x="60" y="%d" font-weight="bold" fill="#1d1c1d">Koji <tspan font-weight="normal" fill="#616061">%s</tspan></text>
<text x="60" y="%d" fill="#1264a3">%s</text>
`, margin, y-12, margin+12, y+10, y, e.ReceivedAt.Format("15:04"), y+20, escaped(text))
		n++
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 702 %d" role="img" aria-label="messages about builds in a chat">
<style>text { font: 15px -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }</style>
<rect width="100%%" height="100%%" rx="8" fill="#ffffff" stroke="#d0d7de"/>
<text x="%d" y="24" font-weight="bold" fill="#1d1c1d"># builds</text>
%s</svg>
`, titleHeight+messageHeight*messages+margin, margin, b.String()), nil
}

// slackText returns the text of an event's message, as Slack shows it.
func slackText(e *event.Event) (string, error) {
	m, err := webhook.Slack([]*event.Event{e})
	if err != nil {
		return "", err
	}
	var body struct{ Text string }
	if err := json.Unmarshal(m.Body, &body); err != nil {
		return "", err
	}
	return html.UnescapeString(slackLink.ReplaceAllString(body.Text, "$1")), nil
}
