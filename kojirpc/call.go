package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Named holds the named arguments of a call; it is the last argument.
type Named = xmlrpc.Named

// Caller is what calls are made on: a [*Client] or a [*Session].
type Caller interface {
	api() API
}

// API is the calls that a [Client] and a [Session] have in common.
type API struct {
	line line
	pool *pool
	hub  *hub
}

func (a API) api() API { return a }

// line is a way to the hub: the anonymous one, or that of a session.
type line interface {
	// run does a job, with all that it takes: turns, repetition, logging in.
	run(ctx context.Context, j *job) error
	// lanes is how many jobs it does at once.
	lanes() int
}

// Call calls a method and returns what it returns, as package xmlrpc decodes
// into any. The last of args may be [Named].
func (a API) Call(ctx context.Context, method string, args ...any) (any, error) {
	return CallInto[any](ctx, a, method, args...)
}

// CallInto calls a method and decodes what it returns into a T. That is a koji
// value such as [koji.Build], a pointer to one (nil where the hub returns nil),
// a slice of either, or a type as package xmlrpc takes it.
func CallInto[T any](ctx context.Context, c Caller, method string, args ...any) (T, error) {
	var v T
	err := c.api().call(ctx, method, args, func() any {
		v = *new(T) // an answer that broke off may have left something
		return target(&v)
	})
	if err != nil {
		v = *new(T)
	}
	return v, err
}

// call does one call. into returns a fresh place for the answer.
func (a API) call(ctx context.Context, method string, args []any, into func() any) error {
	if !a.hub.work.begin() {
		return fmt.Errorf("hub %s: %w", method, ErrClosed)
	}
	defer a.hub.work.end()
	a.hub.stats.calls.Add(1)
	var err error
	if !a.hub.opts.Batching.Off && a.hub.travels(method, args) {
		err = a.pool.call(ctx, method, args, into)
	} else {
		err = a.alone(ctx, method, args, into)
	}
	if err != nil {
		return fmt.Errorf("hub %s: %w", a.hub.label(method, args), err)
	}
	return nil
}

// alone does a call with a request of its own.
func (a API) alone(ctx context.Context, method string, args []any, into func() any) error {
	body, err := xmlrpc.AppendCall(nil, method, args...)
	if err != nil {
		return err
	}
	return a.line.run(ctx, &job{
		method:   method,
		body:     body,
		harmless: a.hub.isReadOnly(method),
		decode: func(answer []byte) error {
			return typed(xmlrpc.DecodeResponse(answer, a.hub.opts.Limits, into()))
		},
	})
}

// label names a call in errors: the method and, if it only reads (other methods
// may be told secrets), its first argument.
func (h *hub) label(method string, args []any) string {
	name := printable(method, 100)
	if len(args) == 0 || !h.isReadOnly(method) {
		return name
	}
	switch arg := args[0].(type) {
	case string:
		return name + " " + strconv.Quote(printable(arg, 100))
	case int:
		return name + " " + strconv.Itoa(arg)
	case int64:
		return name + " " + strconv.FormatInt(arg, 10)
	}
	return name
}

// notFound makes the error for something the hub does not know.
func (a API) notFound(method string, args []any) error {
	return fmt.Errorf("hub %s: %w", a.hub.label(method, args), ErrNotFound)
}

// one calls a method that returns nil for what it does not know.
func one[T any](ctx context.Context, a API, method string, args ...any) (T, error) {
	v, err := CallInto[*T](ctx, a, method, args...)
	if v == nil {
		if err == nil {
			err = a.notFound(method, args)
		}
		return *new(T), err
	}
	return *v, err
}

// errNoRef is that neither id nor name is given: the hub would understand
// something else by nil, such as the user who asks.
var errNoRef = errors.New("neither id nor name given")
