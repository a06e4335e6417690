package web

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/boundedcache"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

//go:embed pages static openapi.json
var files embed.FS

// Options say what is served, and to whom.
type Options struct {
	Board *board.Board
	// Status tells how the daemon is doing; nil: there is no such page.
	Status func() *status.Status
	// Campaigns are shown where there are any; nil: there are none.
	Campaigns Campaigns
	// BasePath is where a proxy has the board, such as /board; "" is the root.
	BasePath string
	// Rate is how many times as fast as usual the time of the build system goes by, for
	// the demo. Default: always 1.
	Rate   func() float64
	Access Access
	// Viewers is how many may be connected at a time for what is new. Default: 500.
	Viewers int
}

const defaultViewers = 500

// Server serves the board.
type Server struct {
	opts     Options
	pages    map[string]*template.Template
	assets   string // names the style and script as they are
	boot     string // names the process in the ids of events
	handler  http.Handler
	viewers  atomic.Int64
	ending   chan struct{} // closed when streams are to end
	views    views
	loaded   *boundedcache.Cache[loadedPage, *view]
	rendered *boundedcache.Cache[any, string] // the HTML of items
	reports  *boundedcache.Cache[reportKey, []*campaign.Report]
}

// New returns a server of the board.
func New(o Options) (*Server, error) {
	if o.Rate == nil {
		o.Rate = func() float64 { return 1 }
	}
	if o.Viewers <= 0 {
		o.Viewers = defaultViewers
	}
	if o.BasePath != "" && (!strings.HasPrefix(o.BasePath, "/") || strings.HasSuffix(o.BasePath, "/")) {
		return nil, errors.New("the base path of the board must begin with a slash and not end with one")
	}
	boot := make([]byte, 6)
	_, _ = rand.Read(boot) // it never fails
	s := &Server{
		opts: o, boot: hex.EncodeToString(boot), ending: make(chan struct{}),
		loaded: boundedcache.New[loadedPage, *view](maxPages), rendered: boundedcache.New[any, string](maxItems),
		reports: boundedcache.New[reportKey, []*campaign.Report](maxReports),
	}
	var err error
	if s.assets, err = digestOfFiles(); err != nil {
		return nil, fmt.Errorf("read the board's files: %w", err)
	}
	if s.pages, err = parsePages(); err != nil {
		return nil, fmt.Errorf("read the board's pages: %w", err)
	}
	s.handler = s.opts.Access.only(http.StripPrefix(o.BasePath, http.NewCrossOriginProtection().Handler(s.routes())), s.refuse)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setPolicy(w.Header())
	if r.URL.Path == s.opts.BasePath && s.opts.BasePath != "" {
		http.Redirect(w, r, s.opts.BasePath+"/", http.StatusPermanentRedirect)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// Close ends the connections of those that wait for what is new. It may be called once.
func (s *Server) Close() { close(s.ending) }

// Viewers returns how many are connected for what is new.
func (s *Server) Viewers() int { return int(s.viewers.Load()) }

// route is a page, by the pattern that http.ServeMux knows.
type route struct {
	pattern string
	serve   http.HandlerFunc
}

// api are the routes of the API, below /api/v1/. openapi.json describes them.
func (s *Server) api() []route {
	return []route{
		{"builds", s.apiBuilds},
		{"tasks", s.apiTasks},
		{"queue", s.apiQueue},
		{"status", s.apiStatus},
		{"events", s.apiEvents},
		{"wait", s.apiWait},
	}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range []route{
		{"/{$}", s.now},
		{"/task/{id}", s.entry},
		{"/build/{id}", s.entry},
		{"/campaigns", s.campaigns},
		{"/campaigns/{name}", s.campaign},
		{"/daemon", s.daemon},
		{"/live", s.live},
		{"/live/{kind}/{id}", s.live},
		{"/static/{file}", s.static},
		{"/", s.missing},
		{"/api/", func(w http.ResponseWriter, _ *http.Request) {
			problem(w, http.StatusNotFound, "there is no such address")
		}},
		{"/api/v1/openapi.json", s.openapi},
	} {
		mux.HandleFunc("GET "+r.pattern, r.serve)
	}
	for _, r := range s.api() {
		mux.HandleFunc("GET /api/v1/"+r.pattern, r.serve)
	}
	return mux
}

// policy has a browser load the board's style and script and nothing else, send forms to
// the board only, and show its pages in no other.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func setPolicy(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
