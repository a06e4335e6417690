package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// job is one request to the hub: a call, or several as one multiCall.
type job struct {
	method string
	body   []byte
	// harmless says that it only reads, so that doing it twice does no harm.
	harmless bool
	// decode reads the answer. A fault is an error of its own type.
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
		return guarded && passing(status.Status)
	}
	return guarded && isGarbled(err)
}

// passing reports whether a status is one that goes away by itself.
func passing(status int) bool {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	}
	return false
}

// again sends until there is an answer or no sense in going on.
func (h *hub) again(ctx context.Context, method string, guarded bool, send func() error) error {
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
		if !h.sleep(ctx, wait) {
			return fmt.Errorf("%w (before it was tried again: %w)", err, h.ended(ctx))
		}
	}
}

// ended says why there is no going on.
func (h *hub) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return ErrClosed
}

// pause returns how long to wait before trying again, and whether to.
func (h *hub) pause(tries int, err error) (time.Duration, bool) {
	r := &h.opts.Retry
	offline := r.Offline && errors.Is(err, CodeServerOffline)
	if away, ok := errors.AsType[*UnavailableError](err); ok {
		return max(time.Until(away.Until), 0) + jitter(r.First), offline
	}
	if tries >= r.Max && !offline {
		return 0, false
	}
	if network, ok := errors.AsType[*NetworkError](err); ok && network.stale && tries == 0 {
		return 0, true // nothing is wrong but that the server had hung up
	}
	ceiling := r.Last
	if tries < 32 && r.First<<tries > 0 {
		ceiling = min(r.First<<tries, r.Last)
	}
	wait := jitter(ceiling)
	if status, ok := errors.AsType[*HTTPError](err); ok {
		wait = max(wait, min(status.RetryAfter, r.Last))
	}
	return wait, true
}

func jitter(ceiling time.Duration) time.Duration { return rand.N(ceiling + 1) }

// sleep waits; false means that it was broken off.
func (h *hub) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-h.work.closing():
		return false
	}
}
