package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// The limits of requests and pages.
const (
	maxEvent = 16 << 20
	maxShown = 200
)

// receiver is a web server that shows the events it gets.
type receiver struct {
	mu     sync.Mutex
	status int // the status with which it fails; 0 means that it works
	count  int
	failed int
	shown  []received // the latest events, newest last
}

// received holds the shown parts of a request.
type received struct {
	At      time.Time `json:"at"`
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	Summary string    `json:"summary"`
}

func receiverCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "receiver",
		Short: "Show the events that are posted, or fail on request",
		Long: `receiver accepts events at any path.

  GET  /             show the latest events as a page
  GET  /events       return the latest events and the counts as JSON
  POST /-/fail?status=503   answer with this status from now on
  POST /-/work       accept events again`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), address, new(receiver).pages())
		},
	}
	cmd.Flags().StringVar(&address, "listen", ":8080", "the `address` to listen on")
	return cmd
}

func (r *receiver) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", r.page)
	mux.HandleFunc("GET /events", r.list)
	mux.HandleFunc("POST /-/fail", r.fail)
	mux.HandleFunc("POST /-/work", func(http.ResponseWriter, *http.Request) { r.answerWith(0) })
	mux.HandleFunc("POST /", r.take)
	return http.NewCrossOriginProtection().Handler(mux)
}

// take accepts or refuses an event.
func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxEvent))
	var e received
	if err == nil {
		err = json.Unmarshal(body, &e)
	}
	if err != nil {
		http.Error(w, "this is no event: "+err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status != 0 {
		r.failed++
		http.Error(w, "told to fail", r.status)
		return
	}
	e.At = time.Now().UTC()
	r.count++
	if r.shown = append(r.shown, e); len(r.shown) > maxShown {
		r.shown = r.shown[1:]
	}
	fmt.Printf("%s\n", format.AppendVisible(nil, e.Summary))
}

func (r *receiver) fail(w http.ResponseWriter, req *http.Request) {
	status, err := strconv.Atoi(req.FormValue("status"))
	if err != nil || status < 300 || status > 599 {
		http.Error(w, "status must be a number from 300 to 599", http.StatusBadRequest)
		return
	}
	r.answerWith(status)
}

func (r *receiver) answerWith(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// view has the data of the page and of the JSON.
type view struct {
	Status int        `json:"status"`
	Count  int        `json:"count"`
	Failed int        `json:"failed"`
	Events []received `json:"events"`
}

func (r *receiver) view() view {
	r.mu.Lock()
	defer r.mu.Unlock()
	return view{r.status, r.count, r.failed, append([]received{}, r.shown...)}
}

func (r *receiver) list(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(r.view()) // fails only if the client is gone
}

func (r *receiver) page(w http.ResponseWriter, _ *http.Request) {
	page, err := template.New("page").Parse(pageText)
	if err == nil {
		err = page.Execute(w, r.view())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

const pageText = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>kojiwatch receiver</title>
<style>body{font-family:monospace;margin:2em}td{padding:0 1em 0 0;vertical-align:top}</style>
<h1>{{.Count}} events{{if .Status}}, now answering {{.Status}} ({{.Failed}} turned away){{end}}</h1>
<table>{{range .Events}}<tr><td>{{.At.Format "15:04:05"}}<td>{{.Type}}<td>{{.Summary}}{{end}}</table>
</html>
`
