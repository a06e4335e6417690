package hubtest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// call is a request that is being handled.
type call struct {
	hub    *Hub
	db     *answers.Snapshot
	method string // of the current call; inside a multiCall, that of the entry
	now    time.Time
	who    Identity

	loggedIn bool
	session  Session       // as found; zero if the request names no session
	user     *dataset.User // of the session, if logged in
	callnum  *int64
	message  string // why there is no session

	locked *session // the session whose row is locked
	wrote  bool     // the call changed something
}

// handle returns the result of a request, or an error that becomes a fault.
func (h *Hub) handle(r *http.Request, method string, params []any, who Identity, pause func() error) (any, error) {
	c := &call{hub: h, db: h.current.Load(), method: method, now: h.now(), who: who}
	if err := h.find(method); err != nil {
		return nil, err
	}
	if err := c.attach(r); err != nil {
		return nil, err
	}
	defer c.detach()
	if err := pause(); err != nil {
		return nil, err
	}
	v, err := c.dispatch(method, params)
	if err != nil {
		c.wrote = false
	}
	return v, err
}

// find returns an error if the hub does not have a call.
func (h *Hub) find(method string) error {
	if isMulti(method) || h.handlers[method] != nil {
		return nil
	}
	return python.GenericError("Invalid method: %s", method)
}

func isMulti(method string) bool { return method == "multiCall" || method == "system.multicall" }

// dispatch makes one call.
func (c *call) dispatch(method string, params []any) (any, error) {
	if err := c.hub.find(method); err != nil {
		return nil, err
	}
	c.hub.count(func(s *Stats) { s.Calls[method]++ })
	c.method = method
	if err := c.enforceLockout(); err != nil {
		return nil, err
	}
	if f := c.hub.failures.fault(method); f != nil {
		return nil, f
	}
	positional, named := xmlrpc.SplitNamed(params)
	if isMulti(method) {
		return c.multi(positional, named)
	}
	hd := c.hub.handlers[method]
	args, err := hd.sig.Bind(positional, named)
	if err != nil {
		return nil, err
	}
	if hd.run == nil {
		return nil, python.BuiltinError("NotImplementedError", "hubtest does not model the call %s", method)
	}
	return hd.run(c, args)
}

func (c *call) enforceLockout() error {
	switch c.method {
	case "login", "sslLogin", "logout":
		return nil
	}
	if c.hub.lockout.Load() && !c.hasPerm("admin") {
		return python.Raise(python.CodeOffline, "koji.ServerOffline", "Server disabled for maintenance")
	}
	return nil
}

// multi makes the calls of a multiCall, one after the other. A multiCall always counts as
// a change.
func (c *call) multi(positional []any, named map[string]any) (any, error) {
	sig := &python.Signature{Name: "multiCall", Function: "ModXMLRPCRequestHandler.multiCall", Params: []python.Param{{Name: "calls"}}}
	args, err := sig.Bind(positional, named)
	if err != nil {
		return nil, err
	}
	calls, ok := args.Get("calls").([]any)
	if !ok {
		return nil, python.BuiltinError("TypeError", "'%s' object is not iterable", python.TypeName(args.Get("calls")))
	}
	c.hub.count(func(s *Stats) { s.addMulticall(len(calls)) })
	results := make([]any, 0, len(calls))
	for _, one := range calls {
		if v, err := c.one(one); err != nil {
			results = append(results, python.Entry(err))
		} else {
			results = append(results, []any{v})
		}
	}
	c.wrote = true
	return results, nil
}

// one makes one call of a multiCall.
func (c *call) one(v any) (any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, python.BuiltinError("TypeError", "list indices must be integers or slices, not str")
	}
	for _, name := range []string{"methodName", "params"} {
		if _, ok := m[name]; !ok {
			return nil, python.KeyError(name)
		}
	}
	method, ok := m["methodName"].(string)
	if !ok {
		return nil, python.GenericError("Invalid method: %s", python.Str(m["methodName"]))
	}
	params, ok := m["params"].([]any)
	if !ok {
		return nil, python.BuiltinError("TypeError", "koji.decode_args() argument after * must be an iterable, not %s", python.TypeName(m["params"]))
	}
	return c.dispatch(method, params)
}

// gone reports whether an error means that the client no longer waits for the answer.
func gone(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (c *call) hasPerm(name string) bool {
	if !c.loggedIn {
		return false
	}
	return answers.HasPerm(c.user, name)
}

func (c *call) assertPerm(name string) error {
	switch {
	case c.hasPerm(name) || c.hasPerm("admin"):
		return nil
	case c.loggedIn:
		return python.NotAllowed("%s permission required (logged in as %s)", name, c.user.Name)
	}
	return python.NotAllowed("%s permission required (user not logged in)", name)
}

func (c *call) assertLogin() error {
	if !c.loggedIn {
		return python.NotAllowed("you must be logged in for this operation")
	}
	return nil
}

func (c *call) userName(id int64) string {
	if u := c.db.Users.ByID[id]; u != nil {
		return u.Name
	}
	return ""
}
