//go:build integration

package docs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// lasts is a command that runs until it is stopped by Ctrl-C, before the next such command or
// at the end of its block.
type lasts struct {
	command string // prefix of the command
	says    string // pattern of its output
	events  string // pattern of its output for an event; "" means none
}

func lastingCommands() []lasts {
	const consuming = `"consuming"`
	return []lasts{
		{"kojiwatch run --broker amqp://guest:guest@localhost/ --topics 'koji.#' --format json", consuming, `"schema":"kojiwatch.event/v1"`},
		{"kojiwatch run --broker", consuming, `task`},
		{"kojiwatch run --preset fedora", consuming, `org.fedoraproject`},
		{"kojiwatch run", consuming, ""},
		{"kojiwatch tail", consuming, ""},
		{"kojiwatch watch", "OPEN|FREE", ""},
		{"go run ./cmd/kojiwatch demo", "OPEN .*building|BUILDING", ""},
		{"go run ./examples/receiver", "listening at 127.0.0.1:8080", ""},
		{"examples/receiver/receiver.py", "listening at 127.0.0.1:8080", ""},
	}
}

// TestCommands runs every command on the pages as it is printed, except those that another
// test runs. A command must exit with 0, unless it is one of lastingCommands. If a new command
// needs something, add files to furnish, data of hubs to past, and preparations to prepare.
func TestCommands(t *testing.T) {
	t.Parallel()
	s := &session{world: newWorld(t)}
	for _, page := range pages(t) {
		t.Run(page, func(t *testing.T) {
			for _, f := range fencesOf(t, page, read(t, page)) {
				s.try(t, f)
			}
		})
	}
}

// try runs or checks the content of a block.
func (s *session) try(t *testing.T, f fence) {
	t.Helper()
	switch {
	case f.language == "sh":
		s.block(t, f)
	case f.language == "yaml" && prometheus.MatchString(f.text):
		s.put(t, "work/prometheus.yml", f.text)
		s.finish(t, command{f.page, f.line, "promtool check config prometheus.yml"})
	case f.language == "promql":
		s.put(t, "work/rules.yml", "groups:\n- name: documents\n  rules:\n  - record: shown\n    expr: |\n      "+
			strings.ReplaceAll(strings.TrimSpace(f.text), "\n", "\n      ")+"\n")
		s.finish(t, command{f.page, f.line, "promtool check rules rules.yml"})
	}
}

// session runs the commands of the pages, page after page.
type session struct {
	*world
	page    string // the last page
	exports string
	lasting *running
}

// tutorial is a page whose blocks continue where the previous one ended.
const tutorial = "docs/tutorial.md"

// running is a lasting command that has not been stopped.
type running struct {
	command
	child *proc.Child
	said  *proc.Lines
	began time.Time
}

func (s *session) block(t *testing.T, f fence) {
	t.Helper()
	s.exports = ""
	s.finish(t, command{f.page, f.line, "cp -R --remove-destination " + s.dir + "/files/. /"}) // undo changes of earlier pages
	s.put(t, "work/kojiwatch.yaml", s.configurationFor(t, f.page))
	if f.page != tutorial || s.page != tutorial {
		s.remove(t, "home/.config")
	}
	s.page = f.page
	s.update(t, again)
	for _, c := range f.commands() {
		_, other := c.heldElsewhere()
		switch {
		case other:
		case strings.HasPrefix(c.text, "export "):
			s.exports += c.text + "\n"
		case c.measures(t):
		default:
			s.prepare(t, c)
			s.do(t, c)
		}
	}
	s.stop(t)
}

// configurationFor returns the kojiwatch.yaml for a page.
func (s *session) configurationFor(t *testing.T, page string) string {
	t.Helper()
	text := configuration()
	for _, f := range fences(t) {
		if f.page != page || f.language != "yaml" {
			continue
		}
		switch {
		case page == "README.md", strings.HasPrefix(page, "docs/howto/") && strings.HasPrefix(f.text, "broker:"):
			text = f.text
		case page == "docs/tracing.md":
			text += f.text
		}
	}
	return text
}

// prepare creates what a command assumes: a running daemon, a stream, or dead letters.
func (s *session) prepare(t *testing.T, c command) {
	t.Helper()
	daemon := command{c.page, c.line, "kojiwatch run --config kojiwatch.yaml"}
	switch {
	case strings.HasPrefix(c.text, "kojiwatch init "):
		s.remove(t, "work/kojiwatch.yaml") // init does not replace a file
	case s.lasting != nil:
	case strings.HasPrefix(c.text, "kojiwatch wait "):
		s.update(t, end)
	case strings.HasPrefix(c.text, "kojiwatch status"):
		s.forget(t)
		s.do(t, daemon)
	case strings.HasPrefix(c.text, "curl "), strings.HasPrefix(c.text, "kojiwatch campaign"), strings.HasPrefix(c.text, "kojiwatch health"):
		s.do(t, daemon)
	case strings.Contains(c.text, " --stream koji "):
		stream := map[string]any{"durable": true, "arguments": map[string]any{"x-queue-type": "stream"}}
		if err := s.broker.Admin().Call(t.Context(), http.MethodPut, stream, nil, "queues", "/", "koji"); err != nil {
			t.Fatal(err)
		}
	case strings.HasPrefix(c.text, "kojiwatch dead retry"), strings.HasPrefix(c.text, "kojiwatch dead list"):
		s.do(t, daemon)
		s.publish(t)
		s.await(t, s.lasting, `"reason":"exit-1".*dead letter`)
		s.stop(t)
	}
}

// update changes the hubs' data.
func (s *session) update(t *testing.T, change func(*hubtest.Data)) {
	t.Helper()
	if err := s.hub.Update(change); err != nil {
		t.Fatal(err)
	}
}

// forget deletes the queues with failed events, which status would report.
func (s *session) forget(t *testing.T) {
	t.Helper()
	for _, queue := range []string{"kojiwatch-archive", "kojiwatch-archive.dead"} {
		err := s.broker.Admin().DeleteQueue(t.Context(), "/", queue)
		if err != nil && !errors.Is(err, rabbit.ErrNotFound) {
			t.Fatal(err)
		}
	}
}

// remove removes a file or folder of the world.
func (s *session) remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(s.dir, path)); err != nil {
		t.Fatal(err)
	}
}

// do runs a command until it ends or, if it is a lasting one, until it is up.
func (s *session) do(t *testing.T, c command) {
	t.Helper()
	for _, l := range lastingCommands() {
		if strings.HasPrefix(c.text, l.command) && !strings.Contains(c.text, "|") {
			s.stop(t)
			s.lasting = s.start(t, c)
			s.await(t, s.lasting, l.says)
			if l.events != "" {
				s.publish(t)
				s.await(t, s.lasting, l.events)
			}
			return
		}
	}
	s.finish(t, c)
}

func (s *session) start(t *testing.T, c command) *running {
	t.Helper()
	dir := filepath.Join(s.dir, "work")
	if strings.HasPrefix(c.text, "go ") || strings.HasPrefix(c.text, "make ") {
		dir = checkout(t)
	}
	child, said := s.run(t, dir, s.exports+c.text)
	return &running{c, child, said, time.Now()}
}

func (s *session) await(t *testing.T, r *running, pattern string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := r.said.WaitFor(ctx, r.child.Done(), regexp.MustCompile(pattern)); err != nil {
		t.Fatalf("%s:%d: %s: %v; output:\n%s", r.page, r.line, r.text, err, r.said)
	}
}

// finish runs a command until it ends by itself.
func (s *session) finish(t *testing.T, c command) {
	t.Helper()
	s.ended(t, s.start(t, c))
}

// stop ends the lasting command, if there is one, with Ctrl-C.
func (s *session) stop(t *testing.T) {
	t.Helper()
	if s.lasting == nil {
		return
	}
	if err := s.lasting.child.SignalGroup(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	s.ended(t, s.lasting)
	s.lasting = nil
}

func (s *session) ended(t *testing.T, r *running) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	code, err := r.child.Wait(ctx)
	t.Logf("%5.1f s: %s:%d: %s", time.Since(r.began).Seconds(), r.page, r.line, r.text)
	if r == s.lasting && strings.HasPrefix(r.text, "go run ") {
		code-- // go run exits with 1 after Ctrl-C
	}
	if r == s.lasting && strings.HasPrefix(r.text, "kojiwatch watch ") {
		code -= 130 // the watched task has not ended
	}
	if err == nil && code != 0 {
		err = fmt.Errorf("exit code %d", code)
	}
	if err != nil {
		t.Errorf("%s:%d: %s: %v; output:\n%s", r.page, r.line, r.text, err, r.said)
	}
}

// publish publishes some messages.
func (s *session) publish(t *testing.T) {
	t.Helper()
	for vhost, recording := range map[string]string{"/": "messages-protonmsg", "/%2Fpublic_pubsub": "messages-fedora"} {
		messages, err := replay.Load(filepath.Join(root, "parse/testdata/recordings", recording+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		messages = messages[:3]
		for i := range messages {
			messages[i].Exchange = "amq.topic"
		}
		p, err := replay.Dial(strings.TrimSuffix(s.broker.URLAs("guest", "guest"), "/"+s.broker.Name()) + vhost)
		if err != nil {
			t.Fatal(err)
		}
		p.Unrouted = true
		if err := p.Publish(t.Context(), messages...); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func checkout(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	measuring = regexp.MustCompile(`^(?:go run \./(dev/bench)|make bench-(estimates))\b`)
	benchmark = regexp.MustCompile(`^go test \./(\S+) -run '\^\$' -bench (\S+)`)
	flagNames = regexp.MustCompile(`(?:^|[ "])-([a-z][a-z-]*)`)
)

// measures reports whether a command is only a measurement, which takes minutes. If so, it
// checks that the flags of the program, or the benchmark, exist.
func (c command) measures(t *testing.T) bool {
	t.Helper()
	if m := benchmark.FindStringSubmatch(c.text); m != nil {
		name, _, _ := strings.Cut(m[2], "/")
		c.want(t, m[1], "*_test.go", `func Benchmark\w*`+name)
		return true
	}
	m := measuring.FindStringSubmatch(c.text)
	if m == nil {
		return false
	}
	dir := m[1]
	if dir == "" {
		dir = "dev/" + m[2]
	}
	for _, name := range flagNames.FindAllStringSubmatch(strings.TrimPrefix(c.text, m[0]), -1) {
		c.want(t, dir, "main.go", `Var\(&[\w.]+, "`+name[1]+`"`)
	}
	return true
}

// want checks that a file of a folder matches a pattern.
func (c command) want(t *testing.T, dir, files, pattern string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, dir, files))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(pattern).Match(text) {
			return
		}
	}
	t.Errorf("%s:%d: %s: nothing in %s matches %s", c.page, c.line, c.text, dir, pattern)
}
