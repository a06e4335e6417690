package format

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/event"
)

// Text writes events as lines for people.
type Text struct {
	// Color marks outcomes with ANSI colours.
	Color bool
	// Links shows the sentence as a hyperlink (OSC 8) instead of showing its address.
	Links bool
	// Width returns how many characters a line may have. Longer sentences are wrapped and
	// indented, and addresses that do not fit are omitted. If Width is nil or returns 0,
	// there is no limit.
	Width func() int
	// Location is the time zone of the times; nil means the local time zone.
	Location *time.Location
}

// The colours, as SGR parameters.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	dim    = "2"
)

// indent is the column of sentences: after the time, the state and two spaces.
const indent = len("15:04:05 ASSIGNED ")

// AppendLine appends one line with its line end: time, state, what happened in
// one sentence, and the link to it.
func (f *Text) AppendLine(dst []byte, e *event.Event) []byte {
	loc := f.Location
	if loc == nil {
		loc = time.Local
	}
	when := "--:--:--"
	if !e.ReceivedAt.IsZero() {
		when = e.ReceivedAt.In(loc).Format(time.TimeOnly)
	}
	dst = f.paint(dst, dim, when)
	word := Plain(outcome(e))
	dst = append(dst, ' ')
	dst = f.paint(dst, ColorOf(word), pad(word))
	dst = append(dst, ' ')
	return append(f.appendSentence(dst, string(AppendVisible(nil, sentence(e))), e.URL), '\n')
}

// appendSentence appends a sentence and its link.
func (f *Text) appendSentence(dst []byte, text, address string) []byte {
	width := 0
	if f.Width != nil {
		width = f.Width()
	}
	link := f.Links && Link(address) != ""
	if link {
		dst = append(dst, "\x1b]8;;"+Link(address)+"\x1b\\"...)
	}
	dst = append(dst, Wrap(text, indent, indent, width)...)
	if link {
		return append(dst, "\x1b]8;;\x1b\\"...)
	}
	shown := string(AppendVisible(nil, address))
	if address == "" || width > 0 && indent+utf8.RuneCountInString(text)+1+utf8.RuneCountInString(shown) > width {
		return dst
	}
	return f.paint(append(dst, ' '), dim, shown)
}

// minWrap is the minimum width of a column of text. Narrower columns are not wrapped.
const minWrap = 20

// Wrap breaks a text between words into lines of at most width characters. The first line
// begins at the column start, the others at the column hang. Words longer than a line are
// not broken. If width is 0 or leaves too little room, the text is not wrapped.
func Wrap(text string, start, hang, width int) string {
	if width-hang < minWrap || start+utf8.RuneCountInString(text) <= width {
		return text
	}
	var b strings.Builder
	column := start
	for i, word := range strings.Split(text, " ") {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+size > width:
			b.WriteString("\n" + strings.Repeat(" ", hang))
			column = hang
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += size
	}
	return b.String()
}

func (f *Text) paint(dst []byte, color, text string) []byte {
	if !f.Color || color == "" {
		return append(dst, text...)
	}
	dst = append(dst, "\x1b["...)
	dst = append(dst, color...)
	dst = append(dst, 'm')
	dst = append(dst, text...)
	return append(dst, "\x1b[0m"...)
}

// outcome returns one word for the new state or the kind of event.
func outcome(e *event.Event) string {
	switch e.Type {
	case event.TaskStateChange, event.BuildStateChange:
		return e.New
	case event.Tag:
		return "TAG"
	case event.Untag:
		return "UNTAG"
	case event.PackageListChange:
		return "PACKAGE"
	case event.Import:
		return "IMPORT"
	case event.RPMSign:
		return "SIGN"
	case event.RepoInit, event.RepoDone:
		return "REPO"
	case event.BuildPromote:
		return "PROMOTE"
	case event.CampaignType:
		return "CAMPAIGN"
	case event.AlertType:
		return alertWord(e.Alert)
	}
	return "UNKNOWN"
}

// alertWord returns the word for an alert.
func alertWord(a *event.Alert) string {
	if a != nil && a.State == event.AlertResolved {
		return "RESOLVED"
	}
	return "ALERT"
}

// ColorOf returns the colour of a state or kind of event, as an SGR parameter.
func ColorOf(word string) string {
	switch word {
	case "FAILED", "ALERT":
		return red
	case "CANCELED", "DELETED", "UNTAG":
		return yellow
	case "CLOSED", "COMPLETE", "TAG", "PROMOTE", "RESOLVED":
		return green
	case "OPEN", "BUILDING", "CAMPAIGN":
		return blue
	}
	return dim
}

// pad pads a word to the length of the longest one.
func pad(word string) string {
	const width = len("ASSIGNED")
	if len(word) >= width {
		return word
	}
	return word + "        "[:width-len(word)]
}

func sentence(e *event.Event) string {
	if e.Summary != "" {
		return e.Summary
	}
	return e.Topic
}
