package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kojiwatch/kojiwatch/internal/status"
)

// Check reports why a part of the daemon is not ready; nil if it is.
type Check func() error

// Options say what the listener shows.
type Options struct {
	// Listen is the address: host:port, or unix: and the path of a socket.
	Listen string
	// Hosts are names by which it may be asked, besides "localhost", IP addresses and
	// the host in Listen. Beyond loopback the machine's own name works, too.
	Hosts []string
	// Metrics are shown at /metrics.
	Metrics prometheus.Gatherer
	// Ready is called by each request of /readyz.
	Ready Check
	// Status is shown at / and, as JSON, at /api/status.
	Status func() *status.Status
	// Reload is called by a POST to /-/reload, with the context of the request, and
	// returns what has changed. Without it there is no such page.
	Reload func(ctx context.Context) (changed string, err error)
	// Estimate returns the estimate for a task, as JSON, for /estimate/TASK. It reports
	// false where there is none. Without it there is no such page.
	Estimate func(task int64) ([]byte, bool)
	// Profiles opens /debug/pprof/.
	Profiles bool
}

// Server is a listener that serves until it is closed.
type Server struct {
	http     *http.Server
	listener net.Listener
	ended    chan error
}

// answerTime bounds how long reading a request and writing its answer may take. A
// profile has as much beyond the time that it is taken for (net/http/pprof sees to
// that), and the answer of a reload from when that is done.
const answerTime = 30 * time.Second

// unixPrefix marks the address of a socket in the file system.
const unixPrefix = "unix:"

// Start listens and serves. The error says what to do about an address that is
// taken.
func Start(ctx context.Context, o Options) (*Server, error) {
	listener, err := listen(ctx, o.Listen)
	if err != nil {
		return nil, err
	}
	return serveOn(o, listener)
}

// serveOn serves on a listener.
func serveOn(o Options, listener net.Listener) (*Server, error) {
	handler, err := newHandler(o, listener.Addr())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s := &Server{
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       answerTime,
			WriteTimeout:      answerTime,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    64 << 10,
		},
		listener: listener,
		ended:    make(chan error, 1),
	}
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

// Addr is the address it listens on, with the port that was chosen for port 0.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close ends the server. Requests under way may end until ctx does.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	if end := <-s.ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	if err != nil {
		return fmt.Errorf("close admin listener: %w", err)
	}
	return nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	network := "tcp"
	if path, found := strings.CutPrefix(address, unixPrefix); found {
		network, address = "unix", path
		removeStale(ctx, path)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, network, address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is taken by another program; choose another address", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s; choose another address", address)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	if network == "unix" {
		if err := os.Chmod(address, 0o660); err != nil {
			return nil, errors.Join(fmt.Errorf("listen on %s: %w", address, err), listener.Close())
		}
	}
	return listener, nil
}

// removeStale removes a socket that a process left behind which did not end in
// order. One on which a process listens stays.
func removeStale(ctx context.Context, path string) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err == nil {
		conn.Close()
		return
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		_ = os.Remove(path) // what is wrong with it, listening will say
	}
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
	// What a page that somebody looks at would have their browser post is refused.
	return onlyKnownHosts(o, at, http.NewCrossOriginProtection().Handler(mux)), nil
}

// reload answers with the result of a reload.
func reload(w http.ResponseWriter, r *http.Request, reload func(context.Context) (string, error)) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetWriteDeadline(time.Time{}) // a connection has deadlines
	changed, err := reload(r.Context())
	_ = deadline.SetWriteDeadline(time.Now().Add(answerTime))
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
	_, _ = w.Write(append(text, '\n')) // who is gone does not need it
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
	_, _ = w.Write([]byte(text)) // who is gone does not need it
}
