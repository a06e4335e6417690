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

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/methods"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/tracker"
)

// hub is what a client and its sessions share. As a doer it makes requests
// anonymously.
type hub struct {
	opts      Options
	server    *url.URL
	readOnly  map[string]bool // further methods that change nothing
	anonymous *transport      // for calls without a certificate
	slots     chan struct{}   // one element for each request under way
	breaker   *retry.Breaker
	calls     *tracker.Tracker
	base      context.Context // ends when the client no longer waits for requests under way
	abandon   context.CancelCauseFunc
	stats     counters
	version   atomic.Pointer[string] // of the hub, as its answers say
	buffers   sync.Pool              // of *bytes.Buffer
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
		calls:    tracker.New(),
	}
	for _, method := range o.Batching.ReadOnly {
		h.readOnly[method] = true
	}
	h.breaker = o.Breaker.new(func(wait time.Duration, err error) {
		o.Notify(Notice{Kind: NoticeDown, Wait: wait, Err: err})
	}, func() { o.Notify(Notice{Kind: NoticeUp}) })
	h.base, h.abandon = context.WithCancelCause(context.Background())
	h.buffers.New = func() any { return new(bytes.Buffer) }
	if h.anonymous, err = h.newTransport(nil); err != nil {
		return nil, err
	}
	return h, nil
}

// new makes the circuit breaker.
func (b Breaker) new(opened func(time.Duration, error), closed func()) *retry.Breaker {
	r := &retry.Breaker{
		Failures: b.Failures, Backoff: retry.Backoff{First: b.First, Last: b.Last},
		Fatal: isCertificate, Opened: opened, Closed: closed,
	}
	if b.Off {
		r.Failures = 0
	}
	return r
}

// requestSpec says where and how one request goes.
type requestSpec struct {
	transport *transport
	url       *url.URL
	header    http.Header // besides what all requests have
	timeout   time.Duration
	secrets   []string // what the request holds that is for the hub alone
	// inspect, if set, sees the head of the answer first.
	inspect func(*http.Response)
}

// check returns an error if it makes no sense to wait for a request to be sent.
func (h *hub) check() error { return h.refused("the hub", h.breaker.Check()) }

// refused makes an [*UnavailableError] of a circuit breaker's refusal.
func (h *hub) refused(what string, err error) error {
	open, ok := errors.AsType[*retry.OpenError](err)
	if !ok {
		return nil
	}
	h.stats.refused.Add(1)
	return &UnavailableError{What: what, Until: open.Until, Err: open.Err}
}

// attempt sends a request once, when it may.
func (h *hub) attempt(ctx context.Context, spec requestSpec, r *request) error {
	if err := h.check(); err != nil {
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
	if err := h.refused("the hub", h.breaker.Begin()); err != nil {
		return err
	}
	began := time.Now()
	err := h.exchange(ctx, spec, r)
	took := time.Since(began)
	h.opts.Observe(took, err)
	h.breaker.End(h.outcomeOf(err, took), err)
	return err
}

// outcomeOf says whether the end of a request shows that the hub works.
func (h *hub) outcomeOf(err error, took time.Duration) retry.Outcome {
	status, isStatus := errors.AsType[*HTTPError](err)
	_, isNetwork := errors.AsType[*NetworkError](err)
	switch {
	case err == nil:
		return retry.Success
	case errors.Is(err, CodeServerOffline), isNetwork, isGarbled(err),
		isStatus && status.Status >= http.StatusInternalServerError:
		return retry.Failure
	case isContext(err):
		// The caller has stopped waiting. That says nothing, unless it waited for
		// long: a hub that never answers has failed.
		if took >= h.opts.Breaker.Patience {
			return retry.Failure
		}
		return retry.Unknown
	case errors.Is(err, ErrClosed):
		return retry.Unknown
	}
	return retry.Success
}

// isReadOnly reports whether a method changes nothing.
func (h *hub) isReadOnly(method string) bool {
	return methods.KindOf(method) != methods.Changes || h.readOnly[method]
}

// do implements doer.
func (h *hub) do(ctx context.Context, r *request) error {
	spec := requestSpec{transport: h.anonymous, url: h.server, timeout: h.opts.Timeout}
	return h.retry(ctx, r.method, r.harmless, func() error { return h.attempt(ctx, spec, r) })
}

// concurrency implements doer.
func (h *hub) concurrency() int { return h.opts.MaxInFlight }

// api returns the calls of a client or a session.
func (h *hub) api(c Caller) API { return API{caller: c, webURL: h.opts.WebURL, topURL: h.opts.TopURL} }

// close cancels what is under way and closes the connections.
func (h *hub) close() {
	h.abandon(ErrClosed)
	h.anonymous.close()
}
