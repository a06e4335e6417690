package admin

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"

	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/internal/statuspage"
)

//go:embed page.html style.css
var files embed.FS

// policy allows a browser to load only the page's style sheet, and forbids showing the page in
// a frame.
const policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page is the front page.
type page struct {
	template *template.Template
	style    []byte
	status   func() *status.Status
	profiles bool
}

func newPage(o *Options) (*page, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	text, err := statuspage.Add(template.New("page.html"))
	if err != nil {
		return nil, err
	}
	if text, err = text.ParseFS(files, "page.html"); err != nil {
		return nil, err
	}
	return &page{text, style, o.Status, o.Profiles}, nil
}

// add adds the page, its style and the JSON.
func (p *page) add(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.show)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		serve(w, "text/css; charset=utf-8", p.style)
	})
	mux.HandleFunc("GET /api/status", func(w http.ResponseWriter, _ *http.Request) {
		text, err := json.MarshalIndent(p.status(), "", "  ")
		if err != nil {
			answer(w, http.StatusInternalServerError, "the status cannot be written\n")
			return
		}
		serve(w, "application/json", append(text, '\n'))
	})
}

func (p *page) show(w http.ResponseWriter, _ *http.Request) {
	var text bytes.Buffer
	err := p.template.Execute(&text, struct {
		*status.Status
		Profiles bool
	}{p.status(), p.profiles})
	if err != nil {
		answer(w, http.StatusInternalServerError, "the page cannot be made\n")
		return
	}
	serve(w, "text/html; charset=utf-8", text.Bytes())
}

// serve writes an answer for a browser.
func serve(w http.ResponseWriter, kind string, text []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(text) // fails if the client has gone
}
