package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// The reasons of refusals.
const (
	// ReasonRefused means that the receiver answered with a status that is neither a
	// success nor worth a retry.
	ReasonRefused = "refused"
	// ReasonGone means that the receiver answered 410: it accepts no more messages.
	ReasonGone = "gone"
	// ReasonForm means that making the message failed.
	ReasonForm = "form"
)

// outcome returns the error that the answer means, nil if the events were accepted.
func (a *answer) outcome(now time.Time) error {
	if a.code/100 == 2 {
		return nil
	}
	err := &statusError{code: a.code, said: a.said}
	switch code := a.code; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		err.retryAfter = parseRetryAfter(a.header.Get("Retry-After"), now)
		return err
	case code == http.StatusGone:
		return sinks.Refuse(ReasonGone, err)
	default:
		return sinks.Refuse(ReasonRefused, err)
	}
}

// statusError reports an answer with a status other than 2xx.
type statusError struct {
	code       int
	said       []byte
	retryAfter time.Duration
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the receiver answered %d %s", e.code, http.StatusText(e.code))
	if e.code/100 == 3 {
		text += ", a redirect that is not followed"
	}
	if len(e.said) > 0 {
		text += ": " + string(format.AppendVisible(nil, string(e.said)))
	}
	return text
}

// RetryAfter returns how long the receiver asked to wait, 0 if it did not.
func (e *statusError) RetryAfter() time.Duration { return e.retryAfter }

// Outage reports whether the receiver only asked to send later.
func (e *statusError) Outage() bool { return e.code == http.StatusTooManyRequests }

// noAnswer returns err as an outage, without the URL, which may be a secret.
func noAnswer(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return sinks.Outage(fmt.Errorf("reach the receiver: %w", err))
}

// longestWait bounds how long a receiver may ask to wait.
const longestWait = 10 * time.Minute

// parseRetryAfter parses a Retry-After header, which is a number of seconds or a date. It
// returns 0 if the header is invalid.
func parseRetryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 63); err == nil {
		return time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longestWait)
}
