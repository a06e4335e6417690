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

// Failure is something that goes wrong with requests.
type Failure struct {
	// Method is the call that has it; "" is every one. A multiCall has the
	// failure of each call in it too.
	Method string
	Effect Effect
	// Times is how often it happens; 0 is until the failure is removed.
	Times int
	// Chance is how likely it happens, from 0 to 1; 0 is always.
	Chance float64
}

// Effect says what goes wrong.
type Effect struct {
	// delay is how long the hub thinks; forever is until the client goes away.
	delay  time.Duration
	before func(h *Hub, r *http.Request) // the call is made
	// answer answers in place of the hub.
	answer func(w http.ResponseWriter)
	// after changes the answer. cut: the connection ends in the middle of it.
	after func(doc []byte) (out []byte, cut bool)
	fault *python.Exception // with which the call ends
}

const forever time.Duration = 1<<63 - 1

// Delay has the hub think for so long, while it keeps the session's other calls
// waiting. Several delays add up, and other failures may come on top.
func Delay(d time.Duration) Effect { return Effect{delay: d} }

// Hang has the hub think until the client goes away or the hub is closed.
func Hang() Effect { return Effect{delay: forever} }

// ExpireSession has the session of the request expire just before.
func ExpireSession() Effect { return onSession((*Hub).Expire) }

// EndSession has the session of the request be closed just before.
func EndSession() Effect { return onSession((*Hub).CloseSession) }

func onSession(do func(h *Hub, id int64)) Effect {
	return Effect{before: func(h *Hub, r *http.Request) {
		if cred, _, err := h.credentials(r); cred != nil && err == nil {
			do(h, cred.ID)
		}
	}}
}

// DropBefore cuts the connection before the call is made.
func DropBefore() Effect {
	return Effect{before: func(*Hub, *http.Request) { panic(http.ErrAbortHandler) }}
}

// DropDuring makes the call and cuts the connection in the middle of the
// answer.
func DropDuring() Effect { return Effect{after: func(doc []byte) ([]byte, bool) { return doc, true }} }

// DropAfter makes the call and cuts the connection without an answer.
func DropAfter() Effect {
	return Effect{after: func([]byte) ([]byte, bool) { panic(http.ErrAbortHandler) }}
}

// Status has a front end answer with an HTTP status and its page in HTML; the
// hub does not get the request.
func Status(code int) Effect {
	return Effect{answer: func(w http.ResponseWriter) {
		w.Header().Del("Koji-Version")
		page(w, code, "The proxy server could not handle the request.")
	}}
}

// Answer has a front end answer with status 200 and this text; the hub does not
// get the request.
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

// Truncated makes the call and sends the first half of the answer as if it were
// all.
func Truncated() Effect { return Rewrite(func(b []byte) []byte { return b[:len(b)/2] }) }

// Fault has the call end with a fault. Inside a multiCall only that entry does.
func Fault(code int, text string) Effect {
	return Effect{fault: &python.Exception{Code: code, Class: "koji.GenericError", Text: text, Arg: text, Plain: true}}
}

// Inject begins a failure. The function that it returns ends it.
func (h *Hub) Inject(t Failure) (remove func()) { return h.failures.add(t) }

// failures holds those that were injected.
type failures struct {
	any atomic.Bool // whether there are some; most of the time there are none
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

// drop ends a failure. ts.mu is held.
func (ts *failures) drop(t *Failure) {
	ts.all = slices.DeleteFunc(ts.all, func(o *Failure) bool { return o == t })
	ts.any.Store(len(ts.all) > 0)
}

// happens says whether a failure happens this time. ts.mu is held.
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

// pick returns the effect that a request has, with the delays of others.
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

// fault returns the fault with which a call is to end, if any. A fault for every
// call leaves multiCalls to those inside.
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

// concerns reports whether a request is, or holds, a call.
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

// waits reports whether to wait is all that the effect does.
func (e *Effect) waits() bool {
	return e.before == nil && e.answer == nil && e.after == nil && e.fault == nil
}

// pause lets a request wait.
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
