package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
)

// The pace of streams of events.
const (
	// atMostEvery is the pause between two states that a viewer is sent: what changes
	// meanwhile is sent as it is then, so a viewer has no queue that could grow.
	atMostEvery = 250 * time.Millisecond
	pingEvery   = 15 * time.Second
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
	st.write("retry: 3000\n\n")
	return st, true
}

func (s *Server) close() { s.viewers.Add(-1) }

// send sends an event. Data has no line ends.
func (st *stream) send(kind, id string, data []byte) {
	if id != "" {
		id = "id: " + id + "\n"
	}
	st.write(fmt.Sprintf("event: %s\n%sdata: %s\n\n", kind, id, data))
}

func (st *stream) write(text string) {
	if st.err != nil {
		return
	}
	_ = st.conn.SetWriteDeadline(time.Now().Add(slowAfter))
	if _, st.err = io.WriteString(st.w, text); st.err == nil {
		st.err = st.conn.Flush()
	}
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

// wait waits for a change, and at least until the next state may be sent. It reports
// whether the viewer is still there.
func (s *Server) wait(r *http.Request, st *stream, changed <-chan struct{}, ping <-chan time.Time) bool {
	pause := time.NewTimer(atMostEvery)
	defer pause.Stop()
	for paused := false; st.err == nil; {
		ready := changed
		if !paused {
			ready = nil
		}
		select {
		case <-r.Context().Done():
			return false
		case <-s.ending:
			return false
		case <-pause.C:
			paused = true
		case <-ready:
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

// state is what a page is sent: parts of it and entries as HTML, and lists of entries by
// their keys. What is as before is left out.
type state struct {
	clockNow
	Parts   map[string]string `json:"parts,omitempty"`
	Lists   map[string]list   `json:"lists,omitempty"`
	Entries map[string]string `json:"entries,omitempty"`
}

type list struct {
	Keys  []string `json:"keys"`
	Count string   `json:"count"`
}

// live keeps a page up to date.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	st, ok := s.open(w)
	if !ok {
		return
	}
	defer s.close()
	v := &viewer{s: s, filter: board.ParseFilter(r.URL.Query()), key: strings.Trim(strings.TrimPrefix(r.URL.Path, "/live"), "/")}
	if snapshot, _ := s.opts.Board.Snapshot(); since(r) == s.version(snapshot) {
		v.assume(snapshot)
	}
	s.follow(r, st, since(r), func(snapshot *board.Snapshot) {
		text, err := v.next(snapshot)
		if err != nil {
			st.err = err
			return
		}
		if text != nil {
			st.send("state", s.version(snapshot), text)
		}
	})
}

// viewer knows what a page has been sent.
type viewer struct {
	s      *Server
	key    string // of the entry that the page is about; "": it is the front page
	filter board.Filter
	has    [3][]*board.Entry
	counts [3]string
	queue  []board.QueueRow
	sent   bool
}

// assume takes the page to show a snapshot.
func (v *viewer) assume(snapshot *board.Snapshot) {
	v.sent = true
	if v.key != "" {
		v.has[0] = []*board.Entry{snapshot.Entry(v.key)}
		return
	}
	for i, sec := range v.s.views.get(snapshot, &v.filter).sections {
		v.has[i], v.counts[i] = sec.Entries, sec.Count()
	}
	v.queue = snapshot.Queue
}

// next returns the state that makes the page show a snapshot, nil if it does already.
func (v *viewer) next(snapshot *board.Snapshot) ([]byte, error) {
	m := state{clockNow: v.s.clock(), Parts: map[string]string{}, Lists: map[string]list{}, Entries: map[string]string{}}
	var err error
	if v.key != "" {
		err = v.addDetail(&m, snapshot)
	} else {
		err = v.addLists(&m, snapshot)
	}
	v.sent = true
	if err != nil || len(m.Parts)+len(m.Lists) == 0 {
		return nil, err
	}
	return json.Marshal(m)
}

func (v *viewer) addDetail(m *state, snapshot *board.Snapshot) error {
	e := snapshot.Entry(v.key)
	if e == nil || len(v.has[0]) > 0 && v.has[0][0] == e {
		return nil
	}
	v.has[0] = []*board.Entry{e}
	html, err := execute(v.s.pages["entry.html"], "detail", v.s.detail(snapshot, e))
	m.Parts["entry"] = html
	return err
}

func (v *viewer) addLists(m *state, snapshot *board.Snapshot) error {
	for i, sec := range v.s.views.get(snapshot, &v.filter).sections {
		count := sec.Count()
		if v.sent && count == v.counts[i] && slices.Equal(v.has[i], sec.Entries) {
			continue
		}
		for _, e := range sec.Entries {
			if slices.Contains(v.has[i], e) {
				continue
			}
			html, err := v.s.rendered.get(e, func() (string, error) {
				return execute(v.s.pages["now.html"], "entry", row{e, v.s.opts.BasePath, v.s.opts.Board.Now()})
			})
			if err != nil {
				return err
			}
			m.Entries[e.Key] = html
		}
		m.Lists[sec.ID] = list{sec.keys(), count}
		v.has[i], v.counts[i] = sec.Entries, count
	}
	if v.sent && slices.Equal(v.queue, snapshot.Queue) {
		return nil
	}
	v.queue = snapshot.Queue
	html, err := v.s.views.queueOf(snapshot.Queue, func() (string, error) {
		return execute(v.s.pages["now.html"], "queue", nowPage{page: v.s.page("now", "", snapshot.At), Queue: snapshot.Queue})
	})
	m.Parts["queue"] = html
	return err
}
