package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/koji"
)

// connection takes what a viewer is sent, until it breaks, which may be within a message.
type connection struct {
	header http.Header

	mu   sync.Mutex
	text bytes.Buffer
	left int // bytes until it breaks; below 0: never
}

func (c *connection) Header() http.Header { return c.header }
func (c *connection) WriteHeader(int)     {}
func (c *connection) Flush()              {}

func (c *connection) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left >= 0 && len(text) > c.left {
		text, c.left = text[:c.left], 0
		c.text.Write(text)
		return len(text), errors.New("the connection is broken")
	}
	if c.left >= 0 {
		c.left -= len(text)
	}
	return c.text.Write(text)
}

// take returns the whole messages that have come since the last time.
func (c *connection) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := strings.SplitAfter(c.text.String(), "\n\n")
	c.text.Reset()
	rest := len(all) - 1
	c.text.WriteString(all[rest])
	return all[:rest]
}

// picture is a page, kept up to date as board.js does it.
type picture struct {
	lists map[string]list
	items map[string]string
	parts map[string]string
}

func (p *picture) apply(m *state) error {
	maps.Copy(p.parts, m.Parts)
	for id, l := range m.Lists {
		next := map[string]string{}
		for _, key := range l.Keys {
			name := id + " " + key
			if _, twice := next[name]; twice {
				return fmt.Errorf("%s is there twice", name)
			}
			html, ok := m.Items[name]
			if !ok {
				if html, ok = p.items[name]; !ok {
					return fmt.Errorf("%s is not there, and nothing is sent of it", name)
				}
			}
			next[name] = html
		}
		maps.DeleteFunc(p.items, func(name, _ string) bool { return strings.HasPrefix(name, id+" ") })
		maps.Copy(p.items, next)
		p.lists[id] = l
	}
	return nil
}

func (p *picture) String() string {
	text, _ := json.MarshalIndent(map[string]any{"lists": p.lists, "items": p.items, "parts": p.parts}, "", " ") // texts only
	return string(text)
}

// watcher is a viewer that loses its connection from time to time.
type watcher struct {
	picture
	path, last string
	conn       *connection // nil: it has none
	stop       context.CancelFunc
}

// connect connects, for the first time or again, until so many bytes have come.
func (v *watcher) connect(s *Server, ended *sync.WaitGroup, left int) {
	conn := &connection{header: http.Header{}, left: left}
	v.conn = conn
	ctx, cancel := context.WithCancel(context.Background())
	v.stop = cancel
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, v.path, nil)
	r.Header.Set("Last-Event-ID", v.last)
	ended.Go(func() { s.ServeHTTP(conn, r) })
}

// disconnect loses what has come but was not read.
func (v *watcher) disconnect() {
	if v.conn != nil {
		v.stop()
		v.conn = nil
	}
}

// read takes in what has come.
func (v *watcher) read() error {
	if v.conn == nil {
		return nil
	}
	for _, text := range v.conn.take() {
		head, data, _ := strings.Cut(text, "data: ")
		if !strings.Contains(head, "event: state\n") {
			continue
		}
		_, id, _ := strings.Cut(head, "id: ")
		v.last = strings.TrimSpace(id)
		var m state
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			return err
		}
		if err := v.apply(&m); err != nil {
			return err
		}
	}
	return nil
}

func newWatcher(path string) *watcher {
	return &watcher{path: path, picture: picture{map[string]list{}, map[string]string{}, map[string]string{}}}
}

// happening is what happens to a board and those that look at it.
type happening struct {
	kind  string
	event event.Event
	who   int // loses the connection
	left  int // bytes until the next one breaks
	pause time.Duration
}

// happenings draws some. Their events are of few tasks and builds, so that much happens to
// each.
func happenings(t *rapid.T, viewers int) []happening {
	all := make([]happening, rapid.IntRange(1, 40).Draw(t, "steps"))
	for n := range all {
		h := &all[n]
		switch h.kind = rapid.SampledFrom([]string{"task", "task", "task", "build", "time", "break", "cut", "restart"}).Draw(t, "kind"); h.kind {
		case "task":
			h.event = event.Event{Type: event.TaskStateChange, Task: &koji.Task{
				ID: rapid.Int64Range(1, 9).Draw(t, "id"), Parent: rapid.Int64Range(0, 9).Draw(t, "parent"), Method: "build", Channel: koji.Ref{Name: "default"},
				Owner: koji.Ref{Name: rapid.SampledFrom([]string{"alice", "bob", ""}).Draw(t, "owner")},
				State: rapid.SampledFrom([]koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskClosed, koji.TaskFailed}).Draw(t, "state"),
			}}
		case "build":
			id := rapid.Int64Range(1, 9).Draw(t, "id")
			h.event = event.Event{
				Type: rapid.SampledFrom([]event.Type{event.BuildStateChange, event.Tag, event.Untag}).Draw(t, "type"),
				Tag:  koji.Ref{Name: rapid.SampledFrom([]string{"f44", "f45"}).Draw(t, "tag")},
				Build: &koji.Build{
					ID: id, NVR: fmt.Sprint("bash-5-", id), TaskID: rapid.Int64Range(0, 9).Draw(t, "of"),
					State: rapid.SampledFrom([]koji.BuildState{koji.BuildBuilding, koji.BuildComplete, koji.BuildFailed}).Draw(t, "state"),
				},
			}
		case "cut":
			h.left = rapid.IntRange(0, 4000).Draw(t, "left")
		}
		h.who = rapid.IntRange(0, viewers-1).Draw(t, "who")
		h.pause = time.Duration(rapid.SampledFrom([]int{0, 0, 1, 90, 140, 400}).Draw(t, "ms")) * time.Millisecond
	}
	return all
}

// TestPicture: whatever happens, and whenever connections break or the server begins anew,
// a page that was kept up to date is like one that is loaded now.
func TestPicture(t *testing.T) {
	paths := []string{"/live", "/live?owner=alice", "/live?group=owner", "/live?show=3", "/live?state=failed&group=tag&show=8", "/live/task/1", "/live/build/2"}
	rapid.Check(t, func(rt *rapid.T) {
		all := happenings(rt, len(paths))
		var err error
		synctest.Test(t, func(*testing.T) { err = inPicture(paths, all) })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// audience looks at a board through a server.
type audience struct {
	board    *board.Board
	server   *Server
	watchers []*watcher
	ended    sync.WaitGroup
}

// inPicture has it all happen, and returns what a viewer sees that is not so.
func inPicture(paths []string, all []happening) error {
	now := time.Now() // it stays, so that what is shown by the clock is the same
	a := &audience{board: board.New(board.Options{Now: func() time.Time { return now }})}
	ctx, cancel := context.WithCancel(context.Background())
	a.ended.Go(func() { a.board.Run(ctx) })
	defer func() { cancel(); a.server.Close(); a.ended.Wait() }()
	if err := a.restart(); err != nil {
		return err
	}
	for _, path := range paths {
		a.watchers = append(a.watchers, newWatcher(path))
	}
	for i := range all {
		a.connect(-1, a.watchers...)
		if err := a.happen(&all[i]); err != nil {
			return err
		}
	}
	a.disconnect()
	return a.compare()
}

func (a *audience) restart() (err error) {
	if a.server != nil {
		a.server.Close()
	}
	a.server, err = New(Options{Board: a.board})
	return err
}

// connect connects those that are not.
func (a *audience) connect(left int, who ...*watcher) {
	for _, v := range who {
		if v.conn == nil {
			v.connect(a.server, &a.ended, left)
		}
	}
}

func (a *audience) disconnect() {
	for _, v := range a.watchers {
		v.disconnect()
	}
}

func (a *audience) happen(h *happening) error {
	v := a.watchers[h.who]
	switch h.kind {
	case "break":
		v.disconnect()
	case "cut":
		v.disconnect()
		a.connect(h.left, v)
	case "restart":
		a.disconnect()
		if err := a.restart(); err != nil {
			return err
		}
	case "task", "build":
		h.event.ReceivedAt = time.Now()
		if h.event.Task != nil {
			h.event.Task.Created = time.Now()
		}
		a.board.Observe(&h.event)
	}
	time.Sleep(h.pause)
	return a.read(a.watchers...)
}

func (a *audience) read(who ...*watcher) error {
	synctest.Wait()
	for _, v := range who {
		if err := v.read(); err != nil {
			return fmt.Errorf("%s: %w", v.path, err)
		}
	}
	return nil
}

// compare has all come again, and holds each to one that comes for the first time.
func (a *audience) compare() error {
	for _, v := range a.watchers {
		fresh := newWatcher(v.path)
		a.connect(-1, v, fresh)
		time.Sleep(time.Second)
		err := a.read(v, fresh)
		v.disconnect()
		fresh.disconnect()
		if err != nil {
			return err
		}
		if got, want := v.String(), fresh.String(); got != want {
			return fmt.Errorf("%s shows\n%s\nbut should show\n%s", v.path, got, want)
		}
	}
	return nil
}
