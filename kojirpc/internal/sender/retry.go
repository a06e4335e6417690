package sender

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/clock"
	"github.com/kojiwatch/kojiwatch/internal/retry"
	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
)

// Repeatable reports whether retrying a request that failed with err may help and is
// harmless. guarded says that the hub executes the request at most once.
func Repeatable(err error, guarded bool) bool {
	if errors.Is(err, huberror.CodeServerOffline) || errors.Is(err, huberror.CodeLockError) {
		return true // the hub has not executed it
	}
	if _, ok := errors.AsType[*huberror.LoginError](err); ok {
		guarded = true // the request itself was not sent
	}
	if network, ok := errors.AsType[*huberror.NetworkError](err); ok && network.Unsent {
		guarded = true
	}
	return guarded && (huberror.Temporary(err) || isGarbled(err))
}

// Retry calls send until it succeeds, or until another attempt is pointless.
func (s *Sender) Retry(ctx context.Context, method string, guarded bool, send func() error) error {
	for tries := 0; ; {
		err := send()
		if err == nil || ctx.Err() != nil {
			return err
		}
		wait, ok := s.pause(tries, err)
		if !ok || !Repeatable(err, guarded) {
			return err
		}
		if end, bound := ctx.Deadline(); bound && time.Until(end) <= wait {
			return err
		}
		if !errors.Is(err, huberror.CodeServerOffline) || !s.opts.Retry.Offline {
			tries++
		}
		s.Retries.Add(1)
		s.opts.Retrying(method, wait, err)
		clock.SleepUnless(ctx, wait, s.Calls.Closing())
		if ended := s.ended(ctx); ended != nil {
			return fmt.Errorf("%w (while waiting to retry: %w)", err, ended)
		}
	}
}

// ended returns why there is no further attempt; nil if there is one.
func (s *Sender) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	select {
	case <-s.Calls.Closing():
		return huberror.ErrClosed
	default:
		return nil
	}
}

// pause returns how long to wait before the next attempt, and whether there is one.
func (s *Sender) pause(tries int, err error) (time.Duration, bool) {
	r := &s.opts.Retry
	backoff := retry.Backoff{First: r.First, Last: r.Last}
	offline := r.Offline && errors.Is(err, huberror.CodeServerOffline)
	if unavailable, ok := errors.AsType[*huberror.UnavailableError](err); ok {
		return max(time.Until(unavailable.Until), 0) + backoff.After(1), offline
	}
	if tries >= r.Max && !offline {
		return 0, false
	}
	if tries == 0 && exchange.IsStale(err) {
		return 0, true // the server had closed the idle connection
	}
	wait := backoff.After(tries + 1)
	if status, ok := errors.AsType[*huberror.HTTPError](err); ok {
		wait = max(wait, min(status.RetryAfter, r.Last))
	}
	return wait, true
}
