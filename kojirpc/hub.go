package kojirpc

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// hub is what a client and its sessions share: the way to one hub.
type hub struct {
	opts     Options
	server   *url.URL
	readOnly map[string]bool // further methods that change nothing
	anon     *carrier        // for calls without a certificate
	slots    chan struct{}   // one element for each request under way
	breaker  *breaker
	work     *work
	base     context.Context // ends when the client no longer waits for what is under way
	abandon  context.CancelCauseFunc
	stats    counters
	version  atomic.Pointer[string] // of the hub, as its answers say
	buffers  sync.Pool              // of *bytes.Buffer
}

func newHub(o Options) (*hub, error) {
	o.setDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	server, err := parseServer(o.Server)
	if err != nil {
		return nil, err
	}
	h := &hub{
		opts:     o,
		server:   server,
		readOnly: make(map[string]bool, len(o.Batching.ReadOnly)),
		slots:    make(chan struct{}, o.MaxInFlight),
		work:     newWork(),
	}
	for _, method := range o.Batching.ReadOnly {
		h.readOnly[method] = true
	}
	h.breaker = &breaker{opts: o.Breaker, what: "the hub", notify: o.Notify}
	h.base, h.abandon = context.WithCancelCause(context.Background())
	h.buffers.New = func() any { return new(bytes.Buffer) }
	if h.anon, err = h.newCarrier(nil); err != nil {
		return nil, err
	}
	return h, nil
}

// errand is where and how one request goes.
type errand struct {
	by      *carrier
	url     *url.URL
	header  http.Header // besides what all requests have
	timeout time.Duration
	secrets []string // what it holds that is for the hub alone
	// inspect, if set, sees the head of the answer first.
	inspect func(*http.Response)
}

// attempt sends a request once, when it may.
func (h *hub) attempt(ctx context.Context, e errand, j *job) error {
	if err := h.breaker.check(); err != nil {
		h.stats.refused.Add(1)
		return err
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-h.base.Done():
		return ErrClosed
	}
	defer func() { <-h.slots }()
	if err := h.breaker.enter(); err != nil {
		h.stats.refused.Add(1)
		return err
	}
	began := time.Now()
	err := h.exchange(ctx, e, j)
	took := time.Since(began)
	h.opts.Observe(took, err)
	h.breaker.leave(h.outcomeOf(err, took), err)
	return err
}

// outcomeOf says what the end of a request tells of the hub.
func (h *hub) outcomeOf(err error, took time.Duration) outcome {
	status, isStatus := errors.AsType[*HTTPError](err)
	_, isNetwork := errors.AsType[*NetworkError](err)
	switch {
	case err == nil:
		return well
	case errors.Is(err, CodeServerOffline), isNetwork, isGarbled(err),
		isStatus && status.Status >= http.StatusInternalServerError:
		return failed
	case isContext(err):
		// The caller does not wait any longer. That is nobody's fault, unless
		// it waited for long: a hub that never answers is as good as dead.
		if took >= h.opts.Breaker.Patience {
			return failed
		}
		return unclear
	case errors.Is(err, ErrClosed):
		return unclear
	}
	return well
}

// isReadOnly reports whether a method changes nothing.
func (h *hub) isReadOnly(method string) bool {
	return methodKind(method) != changes || h.readOnly[method]
}

// run does a job anonymously.
func (h *hub) run(ctx context.Context, j *job) error {
	e := errand{by: h.anon, url: h.server, timeout: h.opts.Timeout}
	return h.again(ctx, j.method, j.harmless, func() error { return h.attempt(ctx, e, j) })
}

// lanes is how many requests the hub handles at once.
func (h *hub) lanes() int { return h.opts.MaxInFlight }

// close breaks off what is under way and lets go of the connections.
func (h *hub) close() {
	h.abandon(ErrClosed)
	h.anon.close()
}
