package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/format"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// The sink's own templates.
const (
	ownSubject = `[{{if .instance}}{{.instance}}{{else}}Koji{{end}}] {{if .summary}}{{.summary}}{{else}}{{.type}} {{.topic}}{{end}}`
	ownBody    = `{{if .summary}}{{.summary}}{{else}}{{.type}} {{.topic}}{{end}}
{{range .campaign.causes}}{{.count}} by {{.kind}}:{{range .packages}} {{.}}{{end}}
{{end}}{{link .url}}`
)

// maxSubject bounds a subject, in characters.
const maxSubject = 150

// message is a mail that is ready to be sent.
type message struct {
	id   string // of the events; see sinks.IDOf
	text []byte
}

// compose makes the mail about events.
func (s *Sink) compose(events []*event.Event, now time.Time) (*message, error) {
	subject, err := s.subject(events)
	if err != nil {
		return nil, fmt.Errorf("subject: %w", err)
	}
	body, err := body(s.o.Body, events)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	id := sinks.IDOf(events)
	m := mail.NewMsg(mail.WithEncoding(mail.EncodingQP), mail.WithCharset(mail.CharsetUTF8), mail.WithNoDefaultUserAgent())
	m.FromMailAddress(&s.o.From)
	for i := range s.o.To {
		m.AddToMailAddress(&s.o.To[i])
	}
	for i := range s.o.Cc {
		m.AddCcMailAddress(&s.o.Cc[i])
	}
	m.Subject(subject)
	m.SetDateWithValue(now)
	m.SetUserAgent(s.o.UserAgent)
	m.SetMessageIDWithValue(s.messageID("event", id))
	if thread := threadOf(events); thread != "" {
		root := "<" + s.messageID("thread", thread) + ">"
		m.SetGenHeader(mail.HeaderInReplyTo, root)
		m.SetGenHeader(mail.HeaderReferences, root)
	}
	// Asks for no automatic answers (RFC 3834).
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, body)
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return nil, err
	}
	return &message{id, text.Bytes()}, nil
}

// subject returns the subject for the first event, with the number of the other events.
func (s *Sink) subject(events []*event.Event) (string, error) {
	line, err := s.o.Subject.Line(events[0])
	line = format.Truncate(line, maxSubject)
	if more := len(events) - 1; more > 0 {
		line += fmt.Sprintf(" (and %d more)", more)
	}
	return line, err
}

// body describes the first events and gives the number of the others.
func body(each *render.Template, events []*event.Event) (string, error) {
	shown := events[:min(len(events), format.MaxShown)]
	var parts []string
	for _, e := range shown {
		text, err := each.Render(e)
		if err != nil {
			return "", err
		}
		parts = append(parts, plain(string(text)))
	}
	if more := len(events) - len(shown); more > 0 {
		parts = append(parts, format.More(more)+"\n")
	}
	return strings.Join(parts, "\n"), nil
}

// plain escapes invisible characters other than line ends, since mail programs may show
// the text on a terminal.
func plain(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, " \r\n\t")) {
		b.WriteString(format.Plain(strings.TrimRight(line, "\r\n")))
		b.WriteByte('\n')
	}
	return b.String()
}

// messageID returns the id of a mail. It is the same for the same events, so that mail
// programs detect duplicates, and a hash, because ids of events are untrusted text.
func (s *Sink) messageID(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + id))
	return hex.EncodeToString(sum[:16]) + s.o.From.Address[strings.LastIndexByte(s.o.From.Address, '@'):]
}

// threadOf returns the name of the task, build, campaign or alert that all the events are
// about, "" if they are about several. A subtask belongs to its parent.
func threadOf(events []*event.Event) string {
	thread := ""
	for i, e := range events {
		own := threadOfOne(e)
		if i > 0 && own != thread {
			return ""
		}
		thread = own
	}
	return thread
}

func threadOfOne(e *event.Event) string {
	name := func(kind string, id int64) string {
		return e.Instance + "\x00" + kind + strconv.FormatInt(id, 10)
	}
	switch {
	case e.Task != nil && e.Task.Parent != 0:
		return name("task", e.Task.Parent)
	case e.Task != nil && e.Task.ID != 0:
		return name("task", e.Task.ID)
	case e.Build != nil && e.Build.TaskID != 0:
		return name("task", e.Build.TaskID)
	case e.Build != nil && e.Build.ID != 0:
		return name("build", e.Build.ID)
	case e.Campaign != nil:
		return e.Instance + "\x00campaign" + e.Campaign.Name
	case e.Alert != nil:
		return e.Instance + "\x00alert" + e.Alert.Key
	}
	return ""
}
