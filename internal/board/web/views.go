package web

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"sync"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// item is a line of a list on the page.
type item struct {
	key string // in its list, plain ASCII
	of  any    // *board.Entry, group or board.QueueRow; what is equal looks the same
}

// group is the heading of a group of entries.
type group struct {
	By, Name string
	Count    int
}

// section is a list on the page.
type section struct {
	ID    string
	Count string // how many there are, and how many of them are shown
	More  bool   // some are not shown
	items []item
}

func (s *section) keys() []string {
	keys := make([]string, len(s.items))
	for i, it := range s.items {
		keys[i] = it.key
	}
	return keys
}

func (s *section) equal(o *section) bool {
	return s.Count == o.Count && slices.Equal(s.items, o.items)
}

// view is what a page shows of a snapshot. It is never changed.
type view struct{ live, failed, done, queue section }

func (v *view) sections() []*section { return []*section{&v.live, &v.failed, &v.done, &v.queue} }

func newView(s *board.Snapshot, l *look) *view {
	var failed, done []*board.Entry
	for _, e := range s.Ended {
		switch {
		case !l.Match(e):
		case e.State == board.Failed:
			failed = append(failed, e)
		default:
			done = append(done, e)
		}
	}
	var live []*board.Entry
	for _, e := range s.Live {
		if l.Match(e) {
			live = append(live, e)
		}
	}
	most := max(1, l.Show/endedShare)
	v := &view{
		live: newSection("live", live, l.Group, l.Show), failed: newSection("failed", failed, l.Group, most),
		done: newSection("done", done, l.Group, most), queue: section{ID: "queue"},
	}
	for _, q := range s.Queue {
		v.queue.items = append(v.queue.items, item{url.QueryEscape(q.Channel) + "/" + url.QueryEscape(q.Arch), q})
	}
	return v
}

// newSection lists the first of some entries, by group if there is one.
func newSection(id string, entries []*board.Entry, by string, most int) section {
	s := section{ID: id, Count: fmt.Sprint(len(entries)), More: len(entries) > most}
	if s.More {
		s.Count = fmt.Sprintf("%d, the first %d are shown", len(entries), most)
	}
	counts := map[string]int{}
	if by != "" {
		for _, e := range entries {
			counts[e.Group(by)]++
		}
		slices.SortStableFunc(entries, func(a, b *board.Entry) int { return compareGroups(a.Group(by), b.Group(by)) })
	}
	for i, e := range entries[:min(len(entries), most)] {
		if by != "" && (i == 0 || e.Group(by) != entries[i-1].Group(by)) {
			g := group{by, e.Group(by), counts[e.Group(by)]}
			s.items = append(s.items, item{"group/" + url.QueryEscape(g.Name), g})
		}
		s.items = append(s.items, item{e.Key, e})
	}
	return s
}

// compareGroups puts what is in no group last.
func compareGroups(a, b string) int {
	if (a == "") != (b == "") {
		return -cmp.Compare(a, b)
	}
	return cmp.Compare(a, b)
}

// step is from what a page shows, or nothing, to what it is to show: views or entries.
type step struct{ from, to any }

// views has what pages show of the newest snapshot, and the frames that bring them there,
// made once for all that look at the same.
type views struct {
	mu       sync.Mutex
	snapshot *board.Snapshot
	byQuery  map[string]*view
	frames   map[step][]byte
	size     int // of the frames
}

// The bounds of what is kept: until the next snapshot, and of pages.
const (
	maxViews  = 1000
	maxFrames = 8 << 20 // bytes
	maxPages  = 100     // that were loaded last, whose viewers are about to connect
	maxItems  = 3000    // of which there is HTML
)

// get returns what a look, which has a query, shows of a snapshot.
func (v *views) get(s *board.Snapshot, l *look, query string) *view {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.renew(s) {
		return newView(s, l)
	}
	shown := v.byQuery[query]
	if shown == nil {
		shown = newView(s, l)
		if len(v.byQuery) < maxViews {
			v.byQuery[query] = shown
		}
	}
	return shown
}

// frame returns the frame for a step to what a snapshot shows.
func (v *views) frame(s *board.Snapshot, at step, render func() ([]byte, error)) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	newest := v.renew(s)
	if text, ok := v.frames[at]; ok {
		return text, nil
	}
	text, err := render()
	if err == nil && newest && v.size+len(text) <= maxFrames {
		v.frames[at] = text
		v.size += len(text)
	}
	return text, err
}

// renew forgets what is of older snapshots. It reports whether there is none newer.
func (v *views) renew(s *board.Snapshot) bool {
	if v.snapshot == nil || v.snapshot.Version < s.Version {
		v.snapshot, v.byQuery, v.frames, v.size = s, map[string]*view{}, map[step][]byte{}, 0
	}
	return v.snapshot == s
}

// execute makes the HTML of a template.
func execute(t *template.Template, name string, data any) (string, error) {
	var b bytes.Buffer
	err := t.ExecuteTemplate(&b, name, data)
	return b.String(), err
}
