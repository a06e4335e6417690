// Package sender sends requests to a hub. It limits the number of concurrent requests,
// retries them, and stops sending while the hub fails.
package sender

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/tracker"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options configure a Sender; see kojirpc.Options for the fields.
type Options struct {
	Server      *url.URL
	HTTP        exchange.Options
	Timeout     time.Duration
	MaxInFlight int
	Retry       Retry
	Breaker     Breaker
	Observe     func(took time.Duration, err error)
	// Retrying is called before a request is sent again.
	Retrying func(method string, wait time.Duration, err error)
	// Down and Up are called when the circuit breaker opens and closes.
	Down func(wait time.Duration, err error)
	Up   func()
}

// Retry configures how requests are retried.
type Retry struct {
	Max         int
	First, Last time.Duration
	Offline     bool
}

// Breaker configures the circuit breaker.
type Breaker struct {
	Off         bool
	Failures    int
	First, Last time.Duration
	Patience    time.Duration
}

// New returns a circuit breaker that calls opened when it opens and closed, if not nil,
// when it closes.
func (b Breaker) New(opened func(time.Duration, error), closed func()) *retry.Breaker {
	r := &retry.Breaker{
		Failures: b.Failures, Backoff: retry.Backoff{First: b.First, Last: b.Last},
		Fatal: huberror.Untrusted, Opened: opened, Closed: closed,
	}
	if b.Off {
		r.Failures = 0
	}
	return r
}

// Sender sends the requests of a client and its sessions. Its own method Do sends them
// anonymously.
type Sender struct {
	HTTP      *exchange.Client
	Anonymous *exchange.Transport // for requests without a certificate
	Calls     *tracker.Tracker
	// Base ends when the client no longer waits for requests under way.
	Base context.Context
	// Requests, Retries and Refused count the requests sent, retried, and refused by a
	// circuit breaker.
	Requests, Retries, Refused atomic.Uint64

	opts    Options
	slots   chan struct{} // has an element for each request under way
	breaker *retry.Breaker
	abandon context.CancelCauseFunc
}

// New returns a sender. It reads the file of trusted authorities and does no other I/O.
func New(o Options) (*Sender, error) {
	s := &Sender{
		Calls:   tracker.New(),
		opts:    o,
		slots:   make(chan struct{}, o.MaxInFlight),
		breaker: o.Breaker.New(o.Down, o.Up),
	}
	s.Base, s.abandon = context.WithCancelCause(context.Background())
	s.HTTP = exchange.New(s.Base, o.HTTP)
	var err error
	s.Anonymous, err = s.HTTP.NewTransport(nil)
	return s, err
}

// Check returns an error if the circuit breaker is open.
func (s *Sender) Check() error { return s.Refuse("the hub", s.breaker.Check()) }

// Refuse converts a circuit breaker's error to a [*huberror.UnavailableError].
func (s *Sender) Refuse(what string, err error) error {
	open, ok := errors.AsType[*retry.OpenError](err)
	if !ok {
		return nil
	}
	s.Refused.Add(1)
	return &huberror.UnavailableError{What: what, Until: open.Until, Err: open.Err}
}

// Attempt sends a request once, when fewer than MaxInFlight requests are under way.
func (s *Sender) Attempt(ctx context.Context, to exchange.Route, r *exchange.Request) error {
	if err := s.Check(); err != nil {
		return err
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.Base.Done():
		return huberror.ErrClosed
	}
	defer func() { <-s.slots }()
	if err := s.Refuse("the hub", s.breaker.Begin()); err != nil {
		return err
	}
	s.Requests.Add(1)
	began := time.Now()
	err := s.HTTP.Do(ctx, to, r)
	took := time.Since(began)
	s.opts.Observe(took, err)
	s.breaker.End(s.outcomeOf(err, took), err)
	return err
}

// outcomeOf returns what the result of a request means for the circuit breaker.
func (s *Sender) outcomeOf(err error, took time.Duration) retry.Outcome {
	status, isStatus := errors.AsType[*huberror.HTTPError](err)
	_, isNetwork := errors.AsType[*huberror.NetworkError](err)
	switch {
	case err == nil:
		return retry.Success
	case errors.Is(err, huberror.CodeServerOffline), isNetwork, isGarbled(err),
		isStatus && status.Status >= http.StatusInternalServerError:
		return retry.Failure
	case GaveUp(err):
		// The caller stopped waiting. That counts as a failure only after a long
		// wait: a hub that never answers has failed.
		if took >= s.opts.Breaker.Patience {
			return retry.Failure
		}
		return retry.Unknown
	case errors.Is(err, huberror.ErrClosed):
		return retry.Unknown
	}
	return retry.Success
}

// Do sends a request anonymously and retries it if necessary.
func (s *Sender) Do(ctx context.Context, r *exchange.Request) error {
	to := exchange.Route{Transport: s.Anonymous, URL: s.opts.Server, Timeout: s.opts.Timeout}
	return s.Retry(ctx, r.Method, r.Harmless, func() error { return s.Attempt(ctx, to, r) })
}

// Concurrency returns the maximum number of concurrent requests.
func (s *Sender) Concurrency() int { return s.opts.MaxInFlight }

// InFlight returns the number of requests under way.
func (s *Sender) InFlight() int { return len(s.slots) }

// IsDown reports whether the circuit breaker is open.
func (s *Sender) IsDown() bool { return s.breaker.IsOpen() }

// Close cancels the requests under way and closes the connections.
func (s *Sender) Close() {
	s.abandon(huberror.ErrClosed)
	s.Anonymous.Close()
}

// GaveUp reports whether the caller has stopped waiting.
func GaveUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// isGarbled reports whether an answer was not XML-RPC.
func isGarbled(err error) bool {
	_, ok := errors.AsType[*xmlrpc.SyntaxError](err)
	return ok
}
