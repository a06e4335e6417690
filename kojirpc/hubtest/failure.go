package hubtest

import (
	"math/rand/v2"
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
	kind   effectKind
	delay  time.Duration
	status int
	body   []byte
	fault  *python.Exception
	change func([]byte) []byte
}

type effectKind int

const (
	delayed effectKind = iota + 1
	hung
	expired
	closed
	droppedBefore
	errorPage
	garbage
	rewritten
	droppedDuring
	droppedAfter
	faulty
)

// Delay has the hub think for so long, while it keeps the session's other calls
// waiting. Several delays add up, and other failures may come on top.
func Delay(d time.Duration) Effect { return Effect{kind: delayed, delay: d} }

// Hang has the hub think until the client goes away or the hub is closed.
func Hang() Effect { return Effect{kind: hung} }

// ExpireSession has the session of the request expire just before.
func ExpireSession() Effect { return Effect{kind: expired} }

// EndSession has the session of the request be closed just before.
func EndSession() Effect { return Effect{kind: closed} }

// DropBefore cuts the connection before the call is made.
func DropBefore() Effect { return Effect{kind: droppedBefore} }

// DropDuring makes the call and cuts the connection in the middle of the
// answer.
func DropDuring() Effect { return Effect{kind: droppedDuring} }

// DropAfter makes the call and cuts the connection without an answer.
func DropAfter() Effect { return Effect{kind: droppedAfter} }

// Status has a front end answer with an HTTP status and its page in HTML; the
// hub does not get the request.
func Status(code int) Effect { return Effect{kind: errorPage, status: code} }

// Answer has a front end answer with status 200 and this text; the hub does not
// get the request.
func Answer(body string) Effect { return Effect{kind: garbage, body: []byte(body)} }

// Rewrite makes the call and changes the answer's XML.
func Rewrite(change func([]byte) []byte) Effect { return Effect{kind: rewritten, change: change} }

// Truncated makes the call and sends the first half of the answer as if it were
// all.
func Truncated() Effect { return Rewrite(func(b []byte) []byte { return b[:len(b)/2] }) }

// Fault has the call end with a fault. Inside a multiCall only that entry does.
func Fault(code int, text string) Effect {
	return Effect{kind: faulty, fault: &python.Exception{Code: code, Class: "koji.GenericError", Text: text, Arg: text, Plain: true}}
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

// pick returns the effects that a request has: delays, and one other.
func (ts *failures) pick(method string, params []any) []Effect {
	if !ts.any.Load() {
		return nil
	}
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var out []Effect
	other := false
	for _, t := range slices.Clone(ts.all) {
		kind := t.Effect.kind
		if kind == faulty || other && kind != delayed || !concerns(t.Method, method, params) || !ts.happens(t) {
			continue
		}
		out = append(out, t.Effect)
		other = other || kind != delayed
	}
	return out
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
		if t.Effect.kind == faulty && wanted && ts.happens(t) {
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
