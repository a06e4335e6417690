package web

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"sync"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// section is a list of entries on the page.
type section struct {
	ID, Title string
	Entries   []*board.Entry // those that are shown
	Total     int
}

// Count says how many there are, and how many of them are shown.
func (s *section) Count() string {
	if s.Total > len(s.Entries) {
		return fmt.Sprintf("%d, the first %d are shown", s.Total, len(s.Entries))
	}
	return fmt.Sprint(s.Total)
}

func (s *section) keys() []string {
	keys := make([]string, len(s.Entries))
	for i, e := range s.Entries {
		keys[i] = e.Key
	}
	return keys
}

// How many entries of a section are shown. A filter finds the others.
const (
	maxLive  = 120
	maxEnded = 30
)

// view is what the page of a filter shows of a snapshot.
type view struct{ sections [3]*section }

func newView(s *board.Snapshot, f *board.Filter) *view {
	live := &section{ID: "live", Title: "Running and waiting"}
	failed := &section{ID: "failed", Title: "Failed lately"}
	done := &section{ID: "done", Title: "Completed and tagged lately"}
	for _, e := range s.Live {
		live.add(e, f, maxLive)
	}
	for _, e := range s.Ended {
		if e.State == board.Failed {
			failed.add(e, f, maxEnded)
		} else {
			done.add(e, f, maxEnded)
		}
	}
	return &view{[3]*section{live, failed, done}}
}

func (s *section) add(e *board.Entry, f *board.Filter, most int) {
	if !f.Match(e) {
		return
	}
	s.Total++
	if len(s.Entries) < most {
		s.Entries = append(s.Entries, e)
	}
}

// views has what filters show of the newest snapshot, for all that look at the same.
type views struct {
	mu       sync.Mutex
	snapshot *board.Snapshot
	byQuery  map[string]*view

	queue     []board.QueueRow
	queueHTML string
}

// queueOf returns the HTML of a queue.
func (v *views) queueOf(queue []board.QueueRow, render func() (string, error)) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.queueHTML != "" && slices.Equal(v.queue, queue) {
		return v.queueHTML, nil
	}
	html, err := render()
	v.queue, v.queueHTML = queue, html
	return html, err
}

// maxViews bounds how many filters are remembered.
const maxViews = 1000

func (v *views) get(s *board.Snapshot, f *board.Filter) *view {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.snapshot != s {
		v.snapshot, v.byQuery = s, map[string]*view{}
	}
	query := f.Query()
	shown := v.byQuery[query]
	if shown == nil {
		shown = newView(s, f)
		if len(v.byQuery) < maxViews {
			v.byQuery[query] = shown
		}
	}
	return shown
}

// rendered has the HTML of entries, for all viewers that are to get it.
type rendered struct {
	mu    sync.Mutex
	young map[*board.Entry]string
	old   map[*board.Entry]string
}

// maxRendered is how many entries are kept in either generation.
const maxRendered = 1500

func (c *rendered) get(e *board.Entry, render func() (string, error)) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	html, ok := c.young[e]
	if !ok {
		html, ok = c.old[e]
	}
	if !ok {
		var err error
		if html, err = render(); err != nil {
			return "", err
		}
	}
	if len(c.young) >= maxRendered || c.young == nil {
		c.young, c.old = map[*board.Entry]string{}, c.young
	}
	c.young[e] = html
	return html, nil
}

// execute makes the HTML of a template.
func execute(t *template.Template, name string, data any) (string, error) {
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, name, data)
	return b.String(), err
}
