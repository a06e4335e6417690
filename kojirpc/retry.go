package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/retry"
)

// request is one request to the hub: a call, or several as one multiCall.
type request struct {
	method string
	body   []byte
	// harmless says that it only reads, so that repeating it does no harm.
	harmless bool
	// decode reads the answer. A fault is a *Fault.
	decode func(answer []byte) error
}

// repeatable reports whether it may help, and cannot harm, to send a request
// again that failed with err. guarded says that the hub does it once at most.
func repeatable(err error, guarded bool) bool {
	if errors.Is(err, CodeServerOffline) {
		return true // it has not been done
	}
	if _, ok := errors.AsType[*LoginError](err); ok {
		guarded = true // the request itself was not sent
	}
	if network, ok := errors.AsType[*NetworkError](err); ok {
		return (guarded || network.Unsent) && !isCertificate(err)
	}
	if status, ok := errors.AsType[*HTTPError](err); ok {
		return guarded && isTransient(status.Status)
	}
	return guarded && isGarbled(err)
}

// isTransient reports whether a status is likely to go away by itself.
func isTransient(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	}
	return false
}

// retry calls send until there is an answer, or no point in going on.
func (h *hub) retry(ctx context.Context, method string, guarded bool, send func() error) error {
	for tries := 0; ; {
		err := send()
		if err == nil || ctx.Err() != nil {
			return err
		}
		wait, ok := h.pause(tries, err)
		if !ok || !repeatable(err, guarded) {
			return err
		}
		if end, bound := ctx.Deadline(); bound && time.Until(end) <= wait {
			return err
		}
		if !errors.Is(err, CodeServerOffline) || !h.opts.Retry.Offline {
			tries++
		}
		h.stats.retries.Add(1)
		h.opts.Notify(Notice{Kind: NoticeRetry, Method: method, Wait: wait, Err: err})
		clock.SleepUnless(ctx, wait, h.calls.Closing())
		if ended := h.ended(ctx); ended != nil {
			return fmt.Errorf("%w (before it was tried again: %w)", err, ended)
		}
	}
}

// ended returns why nothing more is tried; nil if something is.
func (h *hub) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-h.calls.Closing():
		return ErrClosed
	default:
		return nil
	}
}

// pause returns how long to wait before trying again, and whether to.
func (h *hub) pause(tries int, err error) (time.Duration, bool) {
	r := &h.opts.Retry
	backoff := retry.Backoff{First: r.First, Last: r.Last}
	offline := r.Offline && errors.Is(err, CodeServerOffline)
	if unavailable, ok := errors.AsType[*UnavailableError](err); ok {
		return max(time.Until(unavailable.Until), 0) + backoff.After(1), offline
	}
	if tries >= r.Max && !offline {
		return 0, false
	}
	if network, ok := errors.AsType[*NetworkError](err); ok && network.stale && tries == 0 {
		return 0, true // the server had closed the idle connection
	}
	wait := backoff.After(tries + 1)
	if status, ok := errors.AsType[*HTTPError](err); ok {
		wait = max(wait, min(status.RetryAfter, r.Last))
	}
	return wait, true
}
