package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// The pace of streams of events.
const (
	// leastPause is the pause between a change and what is sent of it, to which comes up to
	// morePause: hundreds of viewers are sent the same one after the other, so that what
	// goes to sinks meanwhile need not wait for all of them. What changes during a pause is
	// sent as it is then, so a viewer has no queue that could grow.
	leastPause = 50 * time.Millisecond
	morePause  = 150 * time.Millisecond
	pingEvery  = 15 * time.Second
	// leastPing is between two pings where the time of the build system goes by faster.
	leastPing = time.Second
	// slowAfter is how long a viewer may take for what it is sent. One that is slower is
	// disconnected, and gets the state as it is then when it comes back.
	slowAfter = 10 * time.Second
)

// stream sends Server-Sent Events to a viewer.
type stream struct {
	w    http.ResponseWriter
	conn *http.ResponseController
	err  error
}

// open begins a stream. It reports whether there is a place for another viewer; close must
// follow if so.
func (s *Server) open(w http.ResponseWriter) (st *stream, ok bool) {
	if s.viewers.Add(1) > int64(s.opts.Viewers) {
		s.viewers.Add(-1)
		w.Header().Set("Retry-After", "30")
		http.Error(w, "there are too many viewers; try again later", http.StatusServiceUnavailable)
		return nil, false
	}
	st = &stream{w: w, conn: http.NewResponseController(w)}
	_ = st.conn.SetReadDeadline(time.Time{}) // a connection has deadlines
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // of nginx
	st.write([]byte("retry: 3000\n\n"))
	return st, true
}

func (s *Server) close() { s.viewers.Add(-1) }

// message is an event as it is sent. Data has no line ends.
func message(kind, id string, data []byte) []byte {
	if id != "" {
		id = "id: " + id + "\n"
	}
	return fmt.Appendf(nil, "event: %s\n%sdata: %s\n\n", kind, id, data)
}

func (st *stream) send(kind, id string, data []byte) { st.write(message(kind, id, data)) }

func (st *stream) write(messages ...[]byte) {
	if st.err != nil {
		return
	}
	_ = st.conn.SetWriteDeadline(time.Now().Add(slowAfter))
	for _, text := range messages {
		if _, st.err = st.w.Write(text); st.err != nil {
			return
		}
	}
	st.err = st.conn.Flush()
}

// follow calls send with each snapshot that is newer than the one named since, until the
// viewer is gone or too slow.
func (s *Server) follow(r *http.Request, st *stream, since string, send func(*board.Snapshot)) {
	ping := time.NewTicker(max(leastPing, time.Duration(float64(pingEvery)/max(1, s.opts.Rate()))))
	defer ping.Stop()
	for {
		snapshot, changed := s.opts.Board.Snapshot()
		if v := s.version(snapshot); v != since {
			send(snapshot)
			since = v
		}
		if !s.wait(r, st, changed, ping.C) {
			return
		}
	}
}

// wait waits for a change and a pause. It reports whether the viewer is still there.
func (s *Server) wait(r *http.Request, st *stream, changed <-chan struct{}, ping <-chan time.Time) bool {
	var paused <-chan time.Time
	for st.err == nil {
		select {
		case <-r.Context().Done():
			return false
		case <-s.ending:
			return false
		case <-changed:
			changed, paused = nil, time.After(leastPause+rand.N(morePause)) //nolint:gosec // nothing is to be kept from being guessed
		case <-paused:
			return true
		case <-ping:
			st.sendJSON("ping", s.clock())
		}
	}
	return false
}

// since is what the viewer has: by the header that browsers send when they connect again,
// else by the query.
func since(r *http.Request) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return r.URL.Query().Get("since")
}

// clockNow is the time of the build system in milliseconds, and how fast it goes by.
type clockNow struct {
	Now  int64   `json:"now"`
	Rate float64 `json:"rate"`
}

func (s *Server) clock() clockNow {
	return clockNow{s.opts.Board.Now().UnixMilli(), s.opts.Rate()}
}

// state is what a page is sent: parts of it and items of lists as HTML, and lists by the
// keys of their items. What is as before is left out.
type state struct {
	Parts map[string]string `json:"parts,omitempty"`
	Lists map[string]list   `json:"lists,omitempty"`
	Items map[string]string `json:"items,omitempty"` // by list and key
}

type list struct {
	Keys  []string `json:"keys"`
	Count string   `json:"count,omitempty"`
	More  bool     `json:"more,omitempty"`
}

// live keeps a page up to date.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	st, ok := s.open(w)
	if !ok {
		return
	}
	defer s.close()
	v := &viewer{s: s, look: parseLook(r.URL.Query()), key: strings.Trim(strings.TrimPrefix(r.URL.Path, "/live"), "/")}
	v.query = v.look.Query()
	if shown, ok := s.loaded.Get(loadedPage{since(r), v.query}); ok && v.key == "" {
		v.has = shown
	} else if snapshot, _ := s.opts.Board.Snapshot(); since(r) == s.version(snapshot) {
		v.has = v.shows(snapshot)
	}
	s.follow(r, st, since(r), func(snapshot *board.Snapshot) {
		text, err := v.next(snapshot)
		switch {
		case err != nil:
			st.err = err
		case text != nil:
			clock, _ := json.Marshal(s.clock()) // two numbers
			st.write(message("ping", "", clock), text)
		}
	})
}

// viewer knows what a page shows.
type viewer struct {
	s     *Server
	key   string // of the entry that the page is about; "": it is the front page
	look  look
	query string
	has   any // *view or *board.Entry; nil: that is not known
}

// shows returns what the page is to show of a snapshot.
func (v *viewer) shows(snapshot *board.Snapshot) any {
	if v.key != "" {
		return snapshot.Entry(v.key)
	}
	return v.s.views.get(snapshot, &v.look, v.query)
}

// next returns the message that makes the page show a snapshot, nil if it does already.
func (v *viewer) next(snapshot *board.Snapshot) ([]byte, error) {
	at := step{v.has, v.shows(snapshot)}
	if at.from == at.to {
		return nil, nil
	}
	v.has = at.to
	return v.s.views.frame(snapshot, at, func() ([]byte, error) {
		m := state{Parts: map[string]string{}, Lists: map[string]list{}, Items: map[string]string{}}
		var err error
		switch to := at.to.(type) {
		case *board.Entry:
			m.Parts["entry"], err = v.s.detailHTML(snapshot, to)
		case *view:
			from, _ := at.from.(*view)
			err = v.s.addLists(&m, from, to)
		}
		if err != nil || len(m.Parts)+len(m.Lists) == 0 {
			return nil, err
		}
		text, err := encode(&m)
		return message("state", v.s.version(snapshot), text), err
	})
}

// encode makes JSON in which markup stays as short as it is: it is in no HTML.
func encode(m *state) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(m)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

func (s *Server) detailHTML(snapshot *board.Snapshot, e *board.Entry) (string, error) {
	if e == nil {
		return execute(s.pages["entry.html"], "gone", nil)
	}
	return execute(s.pages["entry.html"], "detail", s.detail(snapshot, e))
}

// addLists adds what differs between two views. All does if the first is nil.
func (s *Server) addLists(m *state, from, to *view) error {
	var before []*section
	if from != nil {
		before = from.sections()
	}
	now := s.opts.Board.Now()
	for i, sec := range to.sections() {
		there := map[item]bool{}
		if before != nil {
			if before[i].equal(sec) {
				continue
			}
			for _, it := range before[i].items {
				there[it] = true
			}
		}
		m.Lists[sec.ID] = list{sec.keys(), sec.Count, sec.More}
		for _, it := range sec.items {
			if there[it] {
				continue
			}
			html, err := s.html(it, now)
			if err != nil {
				return err
			}
			m.Items[sec.ID+" "+it.key] = html
		}
	}
	return nil
}

// html returns the HTML of an item, as of when it was first asked for: what goes by the
// clock, scripts put right.
func (s *Server) html(it item, now time.Time) (string, error) {
	if html, ok := s.rendered.Get(it.of); ok {
		return html, nil
	}
	html, err := execute(s.pages["now.html"], "line", newLine(it, s.opts.BasePath, now))
	if err == nil {
		s.rendered.Put(it.of, html)
	}
	return html, err
}
