package hubtest

import (
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// Failure is a failure of requests.
type Failure struct {
	// Method is the call that fails; "" means every call. A multiCall fails if one
	// of its calls has that method.
	Method string
	Effect Effect
	// Times is the number of failures; 0 means until the failure is removed.
	Times int
	// Chance is the probability of a failure, from 0 to 1; 0 means always.
	Chance float64
}

// Effect is the effect of a failure.
type Effect struct {
	// delay is how long the hub waits; forever means until the client disconnects.
	delay time.Duration
	// before is called before the call is made.
	before func(h *Hub, r *http.Request)
	// answer answers instead of the hub.
	answer func(w http.ResponseWriter)
	// after changes the answer. If cut, the connection is closed in the middle of it.
	after func(doc []byte) (out []byte, cut bool)
	fault *python.Exception // the fault of the call
}

const forever time.Duration = 1<<63 - 1

// Delay makes the hub wait for d before it answers, while the session's other calls have
// to wait, too. Several delays add up, and may be combined with another effect.
func Delay(d time.Duration) Effect { return Effect{delay: d} }

// Hang makes the hub wait until the client disconnects or the hub is closed.
func Hang() Effect { return Effect{delay: forever} }

// ExpireSession expires the session of the request before the call is made.
func ExpireSession() Effect { return onSession((*Hub).Expire) }

// EndSession closes the session of the request before the call is made.
func EndSession() Effect { return onSession((*Hub).CloseSession) }

func onSession(do func(h *Hub, id int64)) Effect {
	return Effect{before: func(h *Hub, r *http.Request) {
		if cred, _, err := h.credentials(r); cred != nil && err == nil {
			do(h, cred.ID)
		}
	}}
}

// DropBefore closes the connection before the call is made.
func DropBefore() Effect {
	return Effect{before: func(*Hub, *http.Request) { panic(http.ErrAbortHandler) }}
}

// DropDuring makes the call and closes the connection in the middle of the answer.
func DropDuring() Effect { return Effect{after: func(doc []byte) ([]byte, bool) { return doc, true }} }

// DropAfter makes the call and closes the connection without an answer.
func DropAfter() Effect {
	return Effect{after: func([]byte) ([]byte, bool) { panic(http.ErrAbortHandler) }}
}

// Status answers like a front end, with an HTTP status and an HTML page; the hub does not
// get the request.
func Status(code int) Effect {
	return Effect{answer: func(w http.ResponseWriter) {
		w.Header().Del("Koji-Version")
		page(w, code, "The proxy server could not handle the request.")
	}}
}

// Answer answers like a front end, with status 200 and this text; the hub does not get
// the request.
func Answer(body string) Effect {
	return Effect{answer: func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, body)
	}}
}

// Rewrite makes the call and changes the answer's XML.
func Rewrite(change func([]byte) []byte) Effect {
	return Effect{after: func(doc []byte) ([]byte, bool) { return change(doc), false }}
}

// Truncated makes the call and sends only the first half of the answer, as if it were
// complete.
func Truncated() Effect { return Rewrite(func(b []byte) []byte { return b[:len(b)/2] }) }

// Fault makes the call fail with a fault. Inside a multiCall, only that entry fails.
func Fault(code int, text string) Effect {
	return Effect{fault: &python.Exception{Code: code, Class: "koji.GenericError", Text: text, Arg: text, Plain: true}}
}

// Inject adds a failure. The function that it returns removes it.
func (h *Hub) Inject(t Failure) (remove func()) { return h.failures.add(t) }

// failures are the injected failures.
type failures struct {
	any atomic.Bool // whether there are any; usually there are none
	mu  sync.Mutex
	rng *rand.Rand
	all []*Failure
}

func (ts *failures) add(t Failure) (remove func()) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	p := &t
	ts.all = append(ts.all, p)
	ts.any.Store(true)
	return func() {
		ts.mu.Lock()
		defer ts.mu.Unlock()
		ts.drop(p)
	}
}

// drop removes a failure. ts.mu is held.
func (ts *failures) drop(t *Failure) {
	ts.all = slices.DeleteFunc(ts.all, func(o *Failure) bool { return o == t })
	ts.any.Store(len(ts.all) > 0)
}

// happens decides whether a failure happens this time. ts.mu is held.
func (ts *failures) happens(t *Failure) bool {
	if t.Chance > 0 && ts.rng.Float64() >= t.Chance {
		return false
	}
	if t.Times > 0 {
		if t.Times--; t.Times == 0 {
			ts.drop(t)
		}
	}
	return true
}

// pick returns the effect for a request, including the delays of other failures.
func (ts *failures) pick(method string, params []any) (picked Effect, some bool) {
	if !ts.any.Load() {
		return Effect{}, false
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	other := false
	for _, t := range slices.Clone(ts.all) {
		e := t.Effect
		if e.fault != nil || other && !e.waits() || !concerns(t.Method, method, params) || !ts.happens(t) {
			continue
		}
		some = true
		if picked.delay += e.delay; e.delay == forever || picked.delay < 0 {
			picked.delay = forever
		}
		if !e.waits() {
			other, picked.before, picked.answer, picked.after = true, e.before, e.answer, e.after
		}
	}
	return picked, some
}

// fault returns the fault for a call, if any. A failure for every call does not apply to
// a multiCall itself, but to the calls inside.
func (ts *failures) fault(method string) *python.Exception {
	if !ts.any.Load() {
		return nil
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for _, t := range ts.all {
		wanted := t.Method == method || t.Method == "" && !isMulti(method)
		if t.Effect.fault != nil && wanted && ts.happens(t) {
			return t.Effect.fault
		}
	}
	return nil
}

// concerns reports whether a request is, or contains, the wanted call.
func concerns(wanted, method string, params []any) bool {
	if wanted == "" || wanted == method {
		return true
	}
	if !isMulti(method) || len(params) == 0 {
		return false
	}
	calls, _ := params[0].([]any)
	return slices.ContainsFunc(calls, func(v any) bool {
		m, _ := v.(map[string]any)
		inner, _ := m["params"].([]any)
		name, _ := m["methodName"].(string)
		return name != "" && concerns(wanted, name, inner)
	})
}

// waits reports whether the effect is only a delay.
func (e *Effect) waits() bool {
	return e.before == nil && e.answer == nil && e.after == nil && e.fault == nil
}

// pause delays a request.
func (h *Hub) pause(r *http.Request, delay time.Duration) error {
	if delay == 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	case <-h.ctx.Done():
		return h.ctx.Err()
	}
}
