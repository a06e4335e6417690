package admin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/internal/weblistener"
)

// Check returns why the daemon is not ready, nil if it is.
type Check func() error

// Options configure the listener.
type Options struct {
	// Listen is the address: host:port, or unix: and the path of a socket.
	Listen string
	// Hosts are the allowed host names of requests, in addition to those that are always
	// allowed; see [weblistener.Hosts].
	Hosts []string
	// Metrics are served at /metrics.
	Metrics prometheus.Gatherer
	// Ready is called by each request for /readyz.
	Ready Check
	// Status returns the status that is served at / and, as JSON, at /api/status.
	Status func() *status.Status
	// Reload, if not nil, is called by a POST to /-/reload, with the context of the request.
	// It returns the changes.
	Reload func(ctx context.Context) (changed string, err error)
	// Estimate, if not nil, returns the estimate for a task as JSON, for /estimate/TASK. It
	// returns false if there is none.
	Estimate func(task int64) ([]byte, bool)
	// Campaigns, if not nil, are served at /api/campaigns, where they are also started and
	// stopped.
	Campaigns Campaigns
	// Profiles enables /debug/pprof/.
	Profiles bool
}

// Start listens and serves. The error says what to do about an address that is
// taken.
func Start(ctx context.Context, o Options) (*weblistener.Server, error) {
	listener, err := weblistener.Listen(ctx, o.Listen)
	if err != nil {
		return nil, err
	}
	return serveOn(o, listener)
}

// serveOn serves on a listener.
func serveOn(o Options, listener net.Listener) (*weblistener.Server, error) {
	handler, err := newHandler(o, listener.Addr())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return weblistener.Serve(listener, handler), nil
}

// newHandler returns the handler of all pages.
func newHandler(o Options, at net.Addr) (http.Handler, error) {
	mux := http.NewServeMux()
	front, err := newPage(&o)
	if err != nil {
		return nil, fmt.Errorf("make the front page: %w", err)
	}
	front.add(mux)
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{Timeout: 20 * time.Second}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { ready(w, o.Ready) })
	if o.Profiles {
		addProfiles(mux)
	}
	if o.Estimate != nil {
		mux.HandleFunc("GET /estimate/{task}", func(w http.ResponseWriter, r *http.Request) { estimate(w, r, o.Estimate) })
	}
	if o.Reload != nil {
		mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, r *http.Request) { reload(w, r, o.Reload) })
	}
	if o.Campaigns != nil {
		addCampaigns(mux, o.Campaigns)
	}
	// Requests that a browser sends for pages of other sites are refused.
	hosts := weblistener.Hosts{Listen: o.Listen, Names: o.Hosts, Key: "admin.hosts"}
	return hosts.Only(at, http.NewCrossOriginProtection().Handler(mux)), nil
}

// reload answers with the result of a reload.
func reload(w http.ResponseWriter, r *http.Request, reload func(context.Context) (string, error)) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetWriteDeadline(time.Time{}) // a reload may take longer than AnswerTime
	changed, err := reload(r.Context())
	_ = deadline.SetWriteDeadline(time.Now().Add(weblistener.AnswerTime))
	if err != nil {
		answer(w, http.StatusInternalServerError, "not reloaded\n"+err.Error()+"\n")
		return
	}
	answer(w, http.StatusOK, "reloaded\n"+changed)
}

// estimate answers with the estimate for a task.
func estimate(w http.ResponseWriter, r *http.Request, of func(int64) ([]byte, bool)) {
	task, err := strconv.ParseInt(r.PathValue("task"), 10, 64)
	if err != nil {
		answer(w, http.StatusBadRequest, "a task is named by its number\n")
		return
	}
	text, ok := of(task)
	if !ok {
		answer(w, http.StatusNotFound, "no estimate for this task\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(text, '\n')) // fails if the client has gone
}

// ready answers whether the daemon can do its work.
func ready(w http.ResponseWriter, check Check) {
	if err := check(); err != nil {
		answer(w, http.StatusServiceUnavailable, "not ready\n"+err.Error()+"\n")
		return
	}
	answer(w, http.StatusOK, "ready\n")
}

func answer(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // fails if the client has gone
}
