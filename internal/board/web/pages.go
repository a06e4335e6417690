package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// page is what all pages have.
type page struct {
	Base, Assets, Page, Title, Live string
	Refresh                         int // after how many seconds the script asks for it anew; 0: never
	Now                             time.Time
	Rate                            float64
	HasStatus, HasCampaigns         bool
}

func (s *Server) page(name, title string, now time.Time) page {
	return page{
		Base: s.opts.BasePath, Assets: s.assets, Page: name, Title: title, Now: now, Rate: s.opts.Rate(), HasStatus: s.opts.Status != nil,
		HasCampaigns: s.hasCampaigns(),
	}
}

// version names a snapshot, in the ids of events.
func (s *Server) version(snapshot *board.Snapshot) string {
	return s.boot + "." + strconv.FormatUint(snapshot.Version, 10)
}

// nowPage is the front page.
type nowPage struct {
	page
	look
	Filtered                bool
	ShowsMore               bool // than usual
	States, Scratch, Groups []string
	Sections                []sectionLines
}

type sectionLines struct {
	*section
	Title string
	Lines []line
	// MoreURL is that of the page with more; "": there can't be more.
	MoreURL string
}

func (s *Server) now(w http.ResponseWriter, r *http.Request) {
	snapshot, _ := s.opts.Board.Snapshot()
	now := s.opts.Board.Now()
	l := parseLook(r.URL.Query())
	query := l.Query()
	p := nowPage{
		page: s.page("now", "Builds now", now), look: l, Filtered: query != "", ShowsMore: l.Show != defaultShow,
		Scratch: []string{"yes", "no"}, Groups: board.Groupings(),
	}
	p.Live = s.liveURL("/live", query, snapshot)
	for _, state := range board.States() {
		p.States = append(p.States, string(state))
	}
	titles := map[string]string{"live": "Running and waiting", "failed": "Failed lately", "done": "Completed and tagged lately", "queue": "Queue"}
	shown := s.views.get(snapshot, &l, query)
	s.loaded.Put(loadedPage{s.version(snapshot), query}, shown)
	for _, sec := range shown.sections() {
		lines := sectionLines{section: sec, Title: titles[sec.ID]}
		if more := l.More(); more != "" {
			lines.MoreURL = s.opts.BasePath + "/?" + more + "#title-" + sec.ID
		}
		for _, it := range sec.items {
			lines.Lines = append(lines.Lines, newLine(it, s.opts.BasePath, now))
		}
		p.Sections = append(p.Sections, lines)
	}
	s.show(w, r, http.StatusOK, "now.html", &p)
}

// loadedPage names what a page shows that was loaded: its script hears what changed since,
// and need not be sent all of a board on which something changes all the time.
type loadedPage struct{ version, query string }

// liveURL is where a page that shows a snapshot hears what is new.
func (s *Server) liveURL(path, query string, snapshot *board.Snapshot) string {
	if query != "" {
		query += "&"
	}
	return s.opts.BasePath + path + "?" + query + "since=" + url.QueryEscape(s.version(snapshot))
}

// entryPage is the page of an entry.
type entryPage struct {
	page
	*detail
}

// detail is what such a page has of the entry.
type detail struct {
	Row      row
	Tasks    []taskRow
	TimeLine *timeLine
	Runs     []runRow
}

func (s *Server) detail(snapshot *board.Snapshot, e *board.Entry) *detail {
	now := s.opts.Board.Now()
	d := &detail{Row: row{e, s.opts.BasePath, now}, TimeLine: newTimeLine(e, now)}
	for i := range e.Tasks {
		d.Tasks = append(d.Tasks, taskRow{&e.Tasks[i], now})
	}
	if e.Package != "" && !e.Scratch {
		d.Runs = runRows(snapshot.Runs(e.Package))
	}
	return d
}

func (s *Server) entry(w http.ResponseWriter, r *http.Request) {
	snapshot, _ := s.opts.Board.Snapshot()
	e := snapshot.Entry(strings.TrimPrefix(r.URL.Path, "/"))
	if e == nil {
		s.refuse(w, r, http.StatusNotFound, "The board has no such build or task. It shows what runs, waits or has ended in the last hours.")
		return
	}
	p := entryPage{page: s.page("entry", e.Name, s.opts.Board.Now()), detail: s.detail(snapshot, e)}
	p.Live = s.liveURL("/live/"+e.Key, "", snapshot)
	s.show(w, r, http.StatusOK, "entry.html", &p)
}

// daemonPage is the page about the daemon.
type daemonPage struct {
	page
	*status.Status
}

// daemonRefresh is how often that page is asked for anew, in seconds.
const daemonRefresh = 30

func (s *Server) daemon(w http.ResponseWriter, r *http.Request) {
	if s.opts.Status == nil {
		s.missing(w, r)
		return
	}
	p := daemonPage{page: s.page("daemon", "Daemon", time.Now()), Status: s.opts.Status()}
	p.Refresh, p.Rate = daemonRefresh, 1
	s.show(w, r, http.StatusOK, "daemon.html", &p)
}

// errorPage says why there is no other page.
type errorPage struct {
	page
	Text string
}

// refuse answers with a page that says why there is no other.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, code int, text string) {
	s.show(w, r, code, "error.html", &errorPage{s.page("error", http.StatusText(code), s.opts.Board.Now()), text})
}

func (s *Server) missing(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, http.StatusNotFound, "The board has no such page.")
}

// show answers with a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, code int, name string, data any) {
	var text bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&text, name, data); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	serve(w, r, code, "text/html; charset=utf-8", text.Bytes())
}

func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	kinds := map[string]string{
		"style.css": "text/css; charset=utf-8", "board.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	}
	name := r.PathValue("file")
	text, err := files.ReadFile("static/" + name)
	if kinds[name] == "" || err != nil {
		s.missing(w, r)
		return
	}
	if r.URL.Query().Get("v") == s.assets {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	serve(w, r, http.StatusOK, kinds[name], text)
}

// worthPacking is from where on a text is compressed, in bytes.
const worthPacking = 1 << 10

var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// serve answers with a text, compressed for those that can read that. Nothing secret is on
// the same page as what somebody else may choose, so its length tells nothing.
func serve(w http.ResponseWriter, r *http.Request, code int, kind string, text []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	packed := len(text) >= worthPacking && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	if packed {
		h.Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(code)
	if !packed {
		_, _ = w.Write(text) // who is gone does not need it
		return
	}
	packer := packers.Get().(*gzip.Writer)
	defer packers.Put(packer)
	packer.Reset(w)
	_, _ = packer.Write(text)
	_ = packer.Close()
}
