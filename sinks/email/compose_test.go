package email

import (
	"bytes"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

var composed = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func newSink(t *testing.T) *Sink {
	t.Helper()
	s, err := New(Options{
		Server: "mail.test:587", UserAgent: "kojiwatch/test",
		From: mail.Address{Name: "Koji, příliš", Address: "koji@example.com"},
		To:   []mail.Address{{Address: "builders@example.com"}, {Name: "Bob", Address: "bob@example.com"}},
		Cc:   []mail.Address{{Address: "archive@example.com"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compose(t *testing.T, s *Sink, events ...*event.Event) *mail.Message {
	t.Helper()
	m, err := s.compose(events, composed)
	if err != nil {
		t.Fatal(err)
	}
	read, err := mail.ReadMessage(bytes.NewReader(m.text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, m.text)
	}
	return read
}

func textOf(t *testing.T, m *mail.Message) string {
	t.Helper()
	if m.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
		t.Errorf("headers: %v", m.Header)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMails compares the mail about an event of each type with a golden file.
func TestMails(t *testing.T) {
	s := newSink(t)
	events, err := sample.Events()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, e := range events {
		m, err := s.compose([]*event.Event{e}, composed)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("## " + string(e.Type) + "\n" + strings.ReplaceAll(string(m.text), "\r\n", "\n") + "\n")
	}
	path := filepath.Join("testdata", "mails.golden")
	golden.Check(t, path, out.String())
}

// TestNoInjection checks that the texts of an event cannot add or end a header, and that
// control characters are escaped.
func TestNoInjection(t *testing.T) {
	s := newSink(t)
	e := sinktest.Events(0, 1)[0]
	e.ID = "x>\r\nBcc: evil@example.com\r\n\r\n<y"
	e.Instance = "lab\r\nX-Evil: 1"
	e.Summary = "a\r\nBcc: evil@example.com\r\n\r\nboo\x1b[31m\x00 příště" + strings.Repeat("x", 2000)
	e.URL = "javascript:alert(1)\r\n.\r\nQUIT"
	m := compose(t, s, e)
	want := []string{"Auto-Submitted", "Cc", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "In-Reply-To", "Message-Id", "Mime-Version", "References", "Subject", "To", "User-Agent", "X-Mailer"}
	for name := range m.Header {
		if !strings.Contains(strings.Join(want, " ")+" ", name+" ") {
			t.Errorf("header %s: %q", name, m.Header[name])
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "[lab  X-Evil: 1] a  Bcc: evil@example.com    boo") || len([]rune(subject)) > maxSubject {
		t.Errorf("subject %q, %v", subject, err)
	}
	text := textOf(t, m)
	if strings.ContainsAny(text, "\x1b\x00") || !strings.Contains(text, `boo\x1b[31m\x00 příště`) || strings.Contains(text, "javascript") {
		t.Errorf("text %q", text)
	}
}

// TestDigest checks that a mail about many events shows eight and counts the rest.
func TestDigest(t *testing.T) {
	m := compose(t, newSink(t), sinktest.Events(0, 50)...)
	if got := m.Header.Get("Subject"); got != "[test] build 0 closed after 12 min (and 49 more)" {
		t.Errorf("subject %q", got)
	}
	text := textOf(t, m)
	if n := strings.Count(text, "closed after"); n != 8 || !strings.HasSuffix(text, "\r\n\r\nand 42 more like this\r\n") {
		t.Errorf("%d shown:\n%s", n, text)
	}
	if m.Header.Get("References") != "" {
		t.Error("a mail about many tasks is in a thread")
	}
}

// TestThreads checks that mails about a task, its subtasks and its build are in one
// thread, and that a mail that is sent again keeps its id.
func TestThreads(t *testing.T) {
	s := newSink(t)
	task := &event.Event{ID: "1", Task: &koji.Task{ID: 7}}
	part := &event.Event{ID: "2", Task: &koji.Task{ID: 8, Parent: 7}}
	build := &event.Event{ID: "3", Build: &koji.Build{ID: 9, TaskID: 7}}
	imported := &event.Event{ID: "4", Build: &koji.Build{ID: 7}}
	elsewhere := &event.Event{ID: "5", Instance: "other", Task: &koji.Task{ID: 7}}
	tag := &event.Event{ID: "6", Tag: koji.Ref{Name: "f44"}}
	root := compose(t, s, task).Header.Get("References")
	for name, tt := range map[string]struct {
		events []*event.Event
		same   bool
	}{
		"a part of it":           {[]*event.Event{part}, true},
		"its build":              {[]*event.Event{build}, true},
		"all of them":            {[]*event.Event{task, part, build}, true},
		"a build without a task": {[]*event.Event{imported}, false},
		"another Koji":           {[]*event.Event{elsewhere}, false},
		"one of another":         {[]*event.Event{task, imported}, false},
		"no task at all":         {[]*event.Event{tag}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := compose(t, s, tt.events...).Header
			if got := h.Get("References"); root == "" || (got == root) != tt.same || got != h.Get("In-Reply-To") {
				t.Errorf("references %q and %q", got, root)
			}
		})
	}
	once, again := compose(t, s, task).Header.Get("Message-Id"), compose(t, s, task).Header.Get("Message-Id")
	if other := compose(t, s, part).Header.Get("Message-Id"); once != again || once == other || !strings.HasSuffix(once, "@example.com>") {
		t.Errorf("ids %s %s %s", once, again, other)
	}
}

// TestTemplates checks that the subject and the body can be replaced.
func TestTemplates(t *testing.T) {
	s := newSink(t)
	for text, into := range map[string]**render.Template{
		"{{upper .type}}\n":                       &s.o.Subject,
		"{{.task.id}} by\r\n\n{{.task.method}}\n": &s.o.Body,
	} {
		var err error
		if *into, err = render.Parse("test", text); err != nil {
			t.Fatal(err)
		}
	}
	m := compose(t, s, sinktest.Events(0, 2)...)
	if got := m.Header.Get("Subject"); got != "TASKSTATECHANGE (and 1 more)" {
		t.Errorf("subject %q", got)
	}
	if got := textOf(t, m); got != "1 by\r\n\r\nbuild\r\n\r\n2 by\r\n\r\nbuild\r\n" {
		t.Errorf("text %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"a server without port":     {Server: "mail.test", From: mail.Address{Address: "a@b"}},
		"an address without domain": {Server: "mail.test:25", From: mail.Address{Address: "a"}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
