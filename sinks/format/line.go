package format

import (
	"time"

	"github.com/kojiwatch/kojiwatch/event"
)

// Text writes events as lines for people.
type Text struct {
	// Color marks outcomes with ANSI colours.
	Color bool
	// Location is the time zone of the times; nil is the machine's.
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
	dst = f.paint(dst, colorOf(word), pad(word))
	dst = append(dst, ' ')
	dst = AppendVisible(dst, sentence(e))
	if e.URL != "" {
		dst = append(dst, ' ')
		dst = f.paint(dst, dim, string(AppendVisible(nil, e.URL)))
	}
	return append(dst, '\n')
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

// outcome returns one word for the state or the kind of event.
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
	}
	return "UNKNOWN"
}

func colorOf(word string) string {
	switch word {
	case "FAILED":
		return red
	case "CANCELED", "DELETED", "UNTAG":
		return yellow
	case "CLOSED", "COMPLETE", "TAG", "PROMOTE":
		return green
	case "OPEN", "BUILDING":
		return blue
	}
	return dim
}

// pad widens a word to the longest one there is.
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
