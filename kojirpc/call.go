package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"

	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/methods"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/multicall"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/upload"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Named holds the named arguments of a call; it is the last argument.
type Named = xmlrpc.Named

// Caller makes calls. A [*Client] and a [*Session] are Callers. A fake for tests
// needs no more than these two methods: [NewAPI] gives it the methods of [API].
type Caller interface {
	// CallInto calls a method and decodes what it returns into what into points
	// to: a koji value, a pointer to one, a slice of either, or a type as
	// package xmlrpc takes it.
	CallInto(ctx context.Context, into any, method string, args ...any) error
	// CallAll makes several calls together and sets the Err of each. The error
	// that it returns is about the request as a whole: calls that were not made
	// because of it keep their Err.
	CallAll(ctx context.Context, calls []*Call) error
}

// Call is one of several calls that are made together.
type Call struct {
	Method string
	Args   []any // the last may be Named
	Into   any   // where the result goes; see [Caller]
	Err    error // how the call ended; ErrNotSent before
}

// API has a method for each call of the hub that package koji has values for.
type API struct {
	caller         Caller
	webURL, topURL string // see Options
}

// NewAPI returns the methods of API on a Caller.
func NewAPI(c Caller) API { return API{caller: c} }

// CallInto implements [Caller].
func (a API) CallInto(ctx context.Context, into any, method string, args ...any) error {
	return a.caller.CallInto(ctx, into, method, args...)
}

// CallAll implements [Caller].
func (a API) CallAll(ctx context.Context, calls []*Call) error { return a.caller.CallAll(ctx, calls) }

// Call calls a method and returns what it returns, as package xmlrpc decodes
// into any. The last of args may be [Named].
func (a API) Call(ctx context.Context, method string, args ...any) (any, error) {
	return CallInto[any](ctx, a, method, args...)
}

// CallInto calls a method and returns what it returns as a T: a koji value such
// as [koji.Build], a pointer to one (nil where the hub returns nil), a slice of
// either, or a type as package xmlrpc takes it.
func CallInto[T any](ctx context.Context, c Caller, method string, args ...any) (T, error) {
	var v T
	if err := c.CallInto(ctx, &v, method, args...); err != nil {
		return *new(T), err
	}
	return v, nil
}

// hubCaller is the Caller of a client or a session.
type hubCaller struct {
	hub     *hub
	doer    multicall.Doer
	batcher *multicall.Batcher
}

func newHubCaller(h *hub, d multicall.Doer) *hubCaller {
	b := &h.opts.Batching
	return &hubCaller{hub: h, doer: d, batcher: multicall.New(h.sender, d, multicall.Options{
		Window: b.Window, Size: b.Size, Bytes: b.Bytes, Limits: h.opts.Limits,
		Sending: func(calls int) {
			h.batches.Add(1)
			h.batched.Add(uint64(calls))
		},
	})}
}

// CallInto implements [Caller].
func (c *hubCaller) CallInto(ctx context.Context, into any, method string, args ...any) error {
	h := c.hub
	if !h.sender.Calls.Begin() {
		return fmt.Errorf("hub %s: %w", method, ErrClosed)
	}
	defer h.sender.Calls.End()
	h.calls.Add(1)
	var err error
	if !h.opts.Batching.Off && h.isBatchable(method, args) {
		err = c.batcher.Call(ctx, method, args, kojiwire.Into(into))
	} else {
		err = c.alone(ctx, method, args, into)
	}
	if err != nil {
		return fmt.Errorf("hub %s: %w", h.label(method, args), err)
	}
	return nil
}

// alone makes a call with a request of its own.
func (c *hubCaller) alone(ctx context.Context, method string, args []any, into any) error {
	body, err := xmlrpc.AppendCall(nil, method, args...)
	if err != nil {
		return err
	}
	return c.doer.Do(ctx, &exchange.Request{
		Method:   method,
		Body:     body,
		Harmless: c.hub.isReadOnly(method),
		Decode:   func(answer []byte) error { return c.hub.sender.HTTP.Decoder(fresh(into))(answer) },
	})
}

// sendPiece sends a piece of a file.
func (c *hubCaller) sendPiece(ctx context.Context, to url.Values, piece []byte, into any) error {
	h := c.hub
	if !h.sender.Calls.Begin() {
		return ErrClosed
	}
	defer h.sender.Calls.End()
	h.calls.Add(1)
	return c.doer.Do(ctx, &exchange.Request{Method: upload.Method, Body: piece, Piece: to, Decode: h.sender.HTTP.Decoder(into)})
}

// fresh empties what into points to, which an answer that broke off may have
// left something in, and makes it ready for the codec.
func fresh(into any) any {
	if v := reflect.ValueOf(into); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().SetZero()
	}
	return kojiwire.Into(into)
}

// label names a call in errors: the method and, if it only reads (other methods
// may be told secrets), its first argument.
func (h *hub) label(method string, args []any) string {
	return label(method, args, h.isReadOnly(method))
}

func label(method string, args []any, readOnly bool) string {
	name := printable.Line(method, 100)
	if len(args) == 0 || !readOnly {
		return name
	}
	switch arg := args[0].(type) {
	case string:
		return name + " " + strconv.Quote(printable.Line(arg, 100))
	case int:
		return name + " " + strconv.Itoa(arg)
	case int64:
		return name + " " + strconv.FormatInt(arg, 10)
	}
	return name
}

// spec is a call whose result is a T. It is written once and made by itself or
// in a [Batch].
type spec[T any] struct {
	method string
	args   []any
	absent error // what nil as the result means; nil: it is a result like others
	err    error // the arguments make no sense
}

// label names the call in errors.
func (s *spec[T]) label() string {
	return label(s.method, s.args, methods.KindOf(s.method) != methods.Changes)
}

// call makes a call by itself.
func call[T any](ctx context.Context, a API, s spec[T]) (T, error) {
	if s.err != nil {
		return *new(T), fmt.Errorf("hub %s: %w", s.method, s.err)
	}
	if s.absent == nil {
		return CallInto[T](ctx, a, s.method, s.args...)
	}
	v, err := CallInto[*T](ctx, a, s.method, s.args...)
	if err == nil && v == nil {
		err = fmt.Errorf("hub %s: %w", s.label(), s.absent)
	}
	if err != nil {
		return *new(T), err
	}
	return *v, nil
}

// plain is a call whose result, nil included, is decoded as it is.
func plain[T any](method string, args ...any) spec[T] { return spec[T]{method: method, args: args} }

// one is a call about one thing, which returns nil for what the hub does not know.
func one[T any](method string, args ...any) spec[T] {
	return spec[T]{method: method, args: args, absent: koji.ErrNotFound}
}

// byRef is one for what has an id or a name.
func byRef[T any](method string, r koji.Ref) spec[T] {
	arg, err := refArg(r)
	s := one[T](method, arg)
	s.err = err
	return s
}

// viaRef is plain for what belongs to one thing.
func viaRef[T any](method string, r koji.Ref, named Named) spec[T] {
	arg, err := refArg(r)
	s := plain[T](method, arg, named)
	s.err = err
	return s
}

// errNoRef reports that neither id nor name is given: the hub would understand
// something else by nil, such as the user who asks.
var errNoRef = errors.New("neither id nor name given")
