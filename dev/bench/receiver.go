package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// receiver accepts posted events. It runs in this process, so its CPU time does not count for
// the senders, and is the same for both.
type receiver struct {
	url    string
	server *http.Server
	keep   bool // keep the requests with their times

	mu  sync.Mutex
	got []arrival
}

func startReceiver(ctx context.Context, keep bool) (*receiver, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{url: "http://" + l.Addr().String() + "/events", keep: keep}
	r.server = &http.Server{Handler: r, ReadHeaderTimeout: time.Minute}
	go func() { _ = r.server.Serve(l) }() // until Close
	return r, nil
}

func (r *receiver) close() { _ = r.server.Close() }

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !r.keep {
		_, _ = io.Copy(io.Discard, req.Body)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	at := time.Now()
	var body bytes.Buffer
	if _, err := body.ReadFrom(req.Body); err != nil {
		return // the connection broke
	}
	r.mu.Lock()
	r.got = append(r.got, arrival{body.Bytes(), at})
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

// take returns the arrivals since the last call. It returns nothing without a receiver.
func (r *receiver) take() []arrival {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}
