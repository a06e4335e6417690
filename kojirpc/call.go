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
// only needs these two methods: [NewAPI] adds the methods of [API].
type Caller interface {
	// CallInto calls a method and stores its result in the value into points to:
	// a koji value, a pointer to one, a slice of either, or any type that package
	// xmlrpc decodes.
	CallInto(ctx context.Context, into any, method string, args ...any) error
	// CallAll makes several calls together and sets the Err of each. It returns
	// an error if the request as a whole failed: calls that were not made because
	// of it keep their Err.
	CallAll(ctx context.Context, calls []*Call) error
}

// Call is one of several calls made together.
type Call struct {
	Method string
	Args   []any // the last may be Named
	Into   any   // where the result goes; see [Caller]
	Err    error // the call's own error; ErrNotSent before it is sent
}

// API has a method for each hub method whose result is a value of package koji.
type API struct {
	caller         Caller
	webURL, topURL string // see Options
}

// NewAPI returns an API that calls through c.
func NewAPI(c Caller) API { return API{caller: c} }

// CallInto implements [Caller].
func (a API) CallInto(ctx context.Context, into any, method string, args ...any) error {
	return a.caller.CallInto(ctx, into, method, args...)
}

// CallAll implements [Caller].
func (a API) CallAll(ctx context.Context, calls []*Call) error { return a.caller.CallAll(ctx, calls) }

// Call calls a method and returns its result as package xmlrpc decodes it into an
// any. The last of args may be [Named].
func (a API) Call(ctx context.Context, method string, args ...any) (any, error) {
	return CallInto[any](ctx, a, method, args...)
}

// CallInto calls a method and returns its result as a T: a koji value such as
// [koji.Build], a pointer to one (nil if the hub returns nil), a slice of either,
// or any type that package xmlrpc decodes.
func CallInto[T any](ctx context.Context, c Caller, method string, args ...any) (T, error) {
	var v T
	if err := c.CallInto(ctx, &v, method, args...); err != nil {
		return *new(T), err
	}
	return v, nil
}

// hubCaller is the Caller behind a client or a session.
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

// alone sends a call in a request of its own.
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

// fresh clears the value into points to, because a truncated answer may have been
// decoded into it partly, and prepares it for the codec.
func fresh(into any) any {
	if v := reflect.ValueOf(into); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().SetZero()
	}
	return kojiwire.Into(into)
}

// label names a call in errors: the method and, if it only reads, its first
// argument. The arguments of other methods may be secret.
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

// spec describes a call whose result is a T, to be made alone or in a [Batch].
type spec[T any] struct {
	method string
	args   []any
	absent error // the error for a nil result; nil: a nil result is no error
	err    error // the error of invalid arguments
}

func (s *spec[T]) label() string {
	return label(s.method, s.args, methods.KindOf(s.method) != methods.Changes)
}

// call makes a single call.
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

// plain describes a call whose result is decoded as it is, even nil.
func plain[T any](method string, args ...any) spec[T] { return spec[T]{method: method, args: args} }

// one describes a call for one object, which returns nil if the hub does not have it.
func one[T any](method string, args ...any) spec[T] {
	return spec[T]{method: method, args: args, absent: koji.ErrNotFound}
}

// byRef is one for an object that is given by its id or name.
func byRef[T any](method string, r koji.Ref) spec[T] {
	arg, err := refArg(r)
	s := one[T](method, arg)
	s.err = err
	return s
}

// viaRef is plain for a list that belongs to an object given by its id or name.
func viaRef[T any](method string, r koji.Ref, named Named) spec[T] {
	arg, err := refArg(r)
	s := plain[T](method, arg, named)
	s.err = err
	return s
}

// errNoRef reports that neither id nor name is given. Nil must not reach the hub,
// which takes it to mean something else, such as the calling user.
var errNoRef = errors.New("neither id nor name given")
